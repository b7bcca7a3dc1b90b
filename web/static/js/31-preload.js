/* The next page is asked for as soon as somebody is about to go there. What is fetched so is used once, within seconds,
   from memory: no cache would keep it, since pages are never stored. */
{
  const FRESH = 4000;
  const HOVER = 70;
  const asked = new Map();
  let timer;

  const may = (link) => link && link.origin === location.origin && !link.download && !link.target && link.href.split("#")[0] !== location.href.split("#")[0]
    && !navigator.connection?.saveData && !link.closest('[hx-boost="false"], [hx-get], [data-no-preload], [hx-ignore]') && html.dataset.live !== "off";
  const key = (url) => url.replace(/#.*/, "").replace(location.origin, "");
  const fetchNow = (link) => {
    const url = key(link.href);
    if (asked.get(url)?.until > Date.now()) return;
    const headers = { "HX-Request": "true", "HX-Request-Type": "full", "HX-Boosted": "true", "HX-Current-URL": location.href, Accept: "text/html" };
    const answer = fetch(url, { headers, mode: "same-origin" });
    asked.set(url, { answer, until: Date.now() + FRESH });
    answer.catch(() => asked.delete(url));
  };
  const soon = (wait) => (e) => {
    const link = e.target.closest?.("a[href]");
    clearTimeout(timer);
    if (may(link)) wait ? (timer = setTimeout(fetchNow, wait, link)) : fetchNow(link);
  };
  on("pointerover", soon(HOVER));
  on("focusin", soon(HOVER * 3));
  on("touchstart", soon(0));
  on("mousedown", soon(0));

  on("htmx:before:request", (e) => {
    const { request } = e.detail.ctx;
    if (request.method !== "GET") return asked.clear();
    const url = request.headers["HX-Boosted"] && key(request.action);
    const known = url && asked.get(url);
    if (!known) return;
    asked.delete(url);
    if (known.until > Date.now()) e.detail.ctx.fetch = () => known.answer;
  });
  /* What is known to have changed is asked for anew. */
  on("htmx:sse:before:message", () => asked.clear());
}

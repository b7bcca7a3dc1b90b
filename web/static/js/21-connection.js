/* What is wrong between this page and the server, if anything: told after two seconds, once, in words that fit. */
{
  const PATIENCE = 2000;
  const AGAIN = 3000;
  let away = false;
  let since = 0;
  let timer;

  const trouble = async () => {
    if (!navigator.onLine) return "none";
    if (html.dataset.live !== "off" && !since) return away ? "news" : "";
    try {
      const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (!answer.ok) return "server";
    } catch { return navigator.onLine ? "server" : "none"; }
    return html.dataset.live === "off" || away ? "news" : "";
  };
  const show = (kind) => {
    const place = document.getElementById("connection");
    if (!place || (place.dataset.kind || "") === kind) return;
    if (!kind && !place.hidden) announce(place.dataset.back);
    place.dataset.kind = kind;
    place.hidden = !kind;
    place.textContent = kind ? place.dataset[kind] : "";
  };
  const look = async () => {
    clearTimeout(timer);
    const kind = await trouble();
    if (!kind) { since = 0; return show(""); }
    since ||= Date.now();
    const left = PATIENCE - (Date.now() - since);
    if (left <= 0) show(kind);
    clearTimeout(timer);
    timer = setTimeout(look, left > 0 ? left : AGAIN);
  };

  for (const name of ["online", "offline"]) addEventListener(name, look);
  on("adx:live", look);
  on("live:away", () => { away = true; look(); });
  on("live:back", () => { away = false; look(); });
  /* Somebody pressed something that did not get through: they are told at once. */
  on("htmx:error", (e) => { if (e.target.id !== "live" && e.detail.error?.name !== "AbortError") { since = 1; look(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && since) look(); });
}

/* What is being read stays where it is. A list that reads itself again takes in a few newer rows by itself, then none for as long as
   shifts are summed by those who feel them; the others are told by their number, until somebody asks for them, or until what is uploaded
   here has arrived and nobody reads in the list. Parts above other things do not grow shorter while somebody looks. */
{
  const FEW = 2;
  const PAUSE = 5000;
  const steady = () => document.querySelector("[data-steady]");
  let uploading = false;
  let own = 0; /* files that were uploaded here one by one, and that the list may not have shown yet */
  const ANSWERED = 30000;
  let ownUntil = 0; /* as long as an answer may still come that was asked for before the last of them was there */
  let grownAt = -PAUSE;
  let before = "";

  on("htmx:config:request", (e) => {
    const { sourceElement: list, request } = e.detail.ctx;
    if (!list.dataset?.steady) return;
    before = list.dataset.steady;
    const isCalm = !uploading && !list.querySelector(".newer") && performance.now() - grownAt > PAUSE;
    const url = new URL(request.action, location.href);
    url.searchParams.set("first", before);
    url.searchParams.set("room", isCalm ? FEW + own : 0);
    request.action = url.pathname + url.search;
  });
  on("htmx:after:swap", () => {
    if (before && steady()?.dataset.steady > before) { grownAt = performance.now(); before = ""; own = 0; } /* ids sort by time */
  });
  /* What somebody does here themselves is seen at once. */
  const acted = () => { grownAt = -PAUSE; };
  on("htmx:before:request", (e) => { if (e.detail.ctx.request.method === "POST") acted(); });

  /* What is uploaded here comes into the list in one step, when the last of it has arrived: all rows are new then, none has moved. */
  const isRead = (list) => list.getBoundingClientRect().top < 0 || list.matches(":hover, :focus-within");
  on("adx:uploads", (e) => {
    uploading = e.detail.underWay;
    if (e.detail.one) { own += 1; ownUntil = performance.now() + ANSWERED; acted(); }
    if (!e.detail.one || held()) takeIn();
  });
  /* A list that was asked for earlier, while the file was on its way, may come later than the one that had it, and hold it back. */
  on("htmx:after:swap", () => { if (performance.now() < ownUntil && held()) takeIn(); });
  const held = () => steady()?.querySelector(".newer");
  const takeIn = () => {
    const list = !uploading && steady();
    if (!list || !list.dataset.steady || isRead(list)) return;
    own = 0;
    htmx.ajax("GET", list.getAttribute("hx-get"), { source: "#main", target: "#file-list", swap: "outerHTML" });
  };

  /* The height is kept until somebody does something, which is when things may move. */
  const kept = () => all("[data-steady-height]");
  const heights = new Map();
  on("htmx:before:swap", () => kept().forEach((part) => heights.set(part.id, part.offsetHeight)));
  on("htmx:after:swap", (e) => {
    if (e.detail.ctx?.request?.headers?.["HX-Boosted"]) return heights.clear();
    for (const part of kept()) {
      const height = heights.get(part.id) ?? 0;
      if (part.offsetHeight < height) part.style.minBlockSize = `${height}px`;
    }
  });
  for (const name of ["pointerdown", "keydown"]) on(name, () => kept().forEach((part) => { part.style.minBlockSize = ""; }), true);
}

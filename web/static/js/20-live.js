/* The stream: kept up, told apart from older news, and caught up with where a page was read in the meantime. */
{
  const stream = () => document.getElementById("live");
  const seqOf = (element) => Number(element.dataset.seq);
  const told = new Set();
  const latest = new Map();
  let failures = 0;

  const states = new Map();
  const due = new Map();

  window.adxSeen = {};

  /* What is told of many things at once is heard once a second: the first time soon, and the last time for certain. */
  const heard = (name, tell, gather = 0, every = 1000) => {
    const of = due.get(name) ?? { at: 0 };
    due.set(name, of);
    of.tell = tell;
    of.timer ??= setTimeout(() => { of.at = Date.now(); of.timer = undefined; of.tell(); }, Math.max(gather, of.at + every - Date.now()));
  };

  /* A workflow began, changed or ended: whatever part of the page lists them may read itself again. */
  const noticed = (run) => {
    if (states.get(run.id) === run.dataset.state) return;
    states.set(run.id, run.dataset.state);
    heard("runs:changed", () => htmx.trigger(document.body, "runs:changed"), 150);
  };
  /* How far the workflows of a list's rows are: bars without buttons, put in place together twice a second at most. */
  const bars = new Map();
  const barMoved = (bar) => {
    bars.set(bar.id, bar);
    heard("bars", () => {
      for (const newer of bars.values()) {
        const shown = document.getElementById(newer.id);
        if (shown && seqOf(newer) > seqOf(shown)) shown.replaceWith(newer.cloneNode(true));
      }
      bars.clear();
    }, 100, 500);
  };
  /* Of what was asked for with many others only the number is told: a page that shows its card reads it. */
  const moved = (run) => {
    const card = document.querySelector(`article[id="${run.id}"]`);
    if (card) heard(run.id, () => htmx.ajax("GET", `/runs/${run.id.slice(4)}`, { source: card, target: card, swap: "outerMorph" }), 150);
  };

  const connected = (yes) => {
    html.dataset.live = yes ? "on" : "off";
    document.dispatchEvent(new Event("adx:live"));
  };
  /* All pages lose their streams at the same moment: each comes back at one of its own, and no sooner than it is told. */
  const again = (told = 0) => {
    connected(false);
    const pause = told * 1e3 + Math.random() * 2 * Math.min(3e4, 500 * 2 ** failures++);
    setTimeout(() => stream() && htmx.trigger(stream(), "live:retry"), pause);
  };
  /* The session has ended: load the page anew, which leads to where one signs in. Never in a loop, and not while the page
     is on its way elsewhere or waits for an answer, which may be what ended the session: that would be cut off. What was a
     download only looked like leaving, so it is asked again later. */
  const A_WAY_TAKES = 15e3;
  let going = -Infinity;
  addEventListener("beforeunload", () => { going = performance.now(); });
  const asking = () => [...window.__busy].some(({ sourceElement }) => sourceElement !== stream());
  const left = () => {
    if (performance.now() - going < A_WAY_TAKES || asking()) return setTimeout(left, 500);
    const last = Number(sessionStorage.getItem("adx-left"));
    sessionStorage.setItem("adx-left", Date.now());
    if (Date.now() - last > 3e4) location.reload();
  };

  on("htmx:sse:after:connection", () => { failures = 0; connected(true); });
  on("htmx:sse:before:connection", (e) => { if (e.detail.connection.fatal) e.preventDefault(); });
  on("htmx:sse:error", (e) => {
    const status = e.detail.status;
    connected(false);
    if (status >= 400 && status < 500 && status !== 429) { e.detail.connection.fatal = status; left(); }
  });
  on("htmx:response:error", (e) => {
    if (e.target.id !== "live") return;
    const { status, headers } = e.detail.ctx.response;
    if (status >= 500 || status === 429) again(Number(headers?.get("Retry-After")) || 0);
    else left();
  });
  on("htmx:error", (e) => { if (e.target.id === "live") again(); });

  /* Every message: its numbers are noted, ends are announced wherever the page is, the newest is kept. */
  on("htmx:sse:before:message", (e) => {
    const { event, data, id } = e.detail.message;
    if (event?.endsWith(":changed")) {
      e.preventDefault();
      return heard(event, () => stream() && htmx.trigger(stream(), event, { data, id }));
    }
    if (event) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = data;
    for (const element of all("[data-seq][id]", parsed.content)) {
      (window.adxSeen[element.id] ||= []).push(seqOf(element));
      if (element.matches("article.run, [data-run-of]")) noticed(element);
      if (element.matches("[data-run-of]")) { moved(element); continue; }
      if (element.matches(".row-progress")) barMoved(element);
      latest.delete(element.id);
      latest.set(element.id, element);
      if (latest.size > 100) latest.delete(latest.keys().next().value);
      const { announce: words, state } = element.dataset;
      if (words && !told.has(element.id + state)) { told.add(element.id + state); announce(words); }
    }
    /* Nothing of it is on this page, or nothing but a bar: nothing is to be swapped. */
    const parts = all("hx-partial", parsed.content).filter((part) => !part.querySelector(":scope > .row-progress"));
    if (!parts.some((part) => document.querySelector(part.getAttribute("hx-target")))) e.preventDefault();
  });

  /* How a group stands is in the bar of every page, to be said once; what was so when the page was opened is not news. */
  const say = (aloud) => all("[data-say][id]").forEach(({ id, dataset }) => {
    if (!told.has(id + dataset.state) && aloud) announce(dataset.say);
    told.add(id + dataset.state);
  });
  on("DOMContentLoaded", () => say(false));
  on("htmx:after:swap", (e) => say(!e.detail.ctx?.request?.headers?.["HX-Boosted"]));

  /* What the page was away for is told by its number alone where something newer follows. */
  on("live:passed", (e) => {
    const { subject, seq } = JSON.parse(e.detail.data);
    (window.adxSeen[subject] ||= []).push(seq);
  });

  /* An answer or message that is not newer than what is shown changes nothing. */
  on("htmx:before:swap", (e) => {
    const tasks = e.detail.tasks;
    for (let i = tasks.length - 1; i >= 0; i--) {
      /* What was to be replaced may have gone while the answer was on its way. */
      if (tasks[i].target && !tasks[i].target.isConnected) { tasks.splice(i, 1); continue; }
      const next = tasks[i].fragment?.firstElementChild;
      const shown = next?.dataset?.seq && next.id && document.getElementById(next.id);
      if (shown && shown === tasks[i].target && shown.dataset.seq && seqOf(next) <= seqOf(shown)) tasks.splice(i, 1);
    }
  });

  /* What was told while this part was still on its way is older in it than in the messages: bring it up to date. */
  on("htmx:after:swap", () => {
    for (const shown of all("[data-seq][id]")) {
      const newer = latest.get(shown.id);
      if (!newer || seqOf(newer) <= seqOf(shown)) continue;
      if (newer.matches(".row-progress")) { barMoved(newer); continue; }
      const text = `<hx-partial hx-target="#${shown.id}" hx-swap="outerMorph">${newer.outerHTML}</hx-partial>`;
      swapIn(stream() || shown, shown, "none swapEmpty:false", text);
    }
  });

  /* The bar's own line goes on with those in it. */
  on("htmx:after:swap", () => {
    const together = document.querySelector("[data-runs-together]");
    const each = all("#runs-bar .run-row > progress");
    if (together && each.length) together.value = each.reduce((sum, bar) => sum + (bar.position > 0 ? bar.value : 0), 0) / each.length;
  });

  /* The stream can no longer tell what was missed: read the page again, and keep what somebody is typing. */
  let reading;
  const changed = new WeakSet();
  on("input", (e) => { if (e.target.form) changed.add(e.target.form); });
  on("live:reset", () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      if (!main()) return;
      const typing = all("form", main()).some((form) => changed.has(form));
      const others = all("#runs-bar[id], [data-live][id]").map((part) => `#${part.id}:outerMorph`).join(",");
      htmx.ajax("GET", location.href, {
        source: main(), target: "#main", select: "#main", selectOOB: others || null,
        swap: typing ? "none" : "outerMorph", push: "false",
      });
    }, 200 + Math.random() * 800);
  });
}

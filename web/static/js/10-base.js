"use strict";
/* What all parts share. The files of this folder are joined in name order into one js/app.js. */
const on = (name, act, early) => document.addEventListener(name, act, early);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const main = () => document.getElementById("main");
const html = document.documentElement;

/* Whose page this is: a word that says nothing of the person. What the device keeps of them is kept by it. */
const whose = () => html.dataset.person || "";

/* Requests under way, for tests that wait until there are none. */
window.__busy = new Set();
on("htmx:before:request", (e) => window.__busy.add(e.detail.ctx));
on("htmx:finally:request", (e) => window.__busy.delete(e.detail.ctx));

/* Say something to those who do not see it. */
function announce(text) {
  if (!text) return;
  const place = document.getElementById("announcer");
  if (place) place.append(Object.assign(document.createElement("p"), { textContent: text }));
  while (place && place.childElementCount > 5) place.firstChild.remove();
}

/* Swap in HTML that did not come by a request of htmx. */
const swapIn = (source, target, swap, text) =>
  htmx.swap({ sourceElement: source, target, swap, text, push: "false", request: { headers: {} } });

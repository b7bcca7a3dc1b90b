"use strict";
/* Keeps the files that every page is made of, and one page that says there is no connection. What people see and do is
   never kept: pages, fragments and streams always come from the server. */
const SHELL = `adx-shell-${VERSION}`;
const OFFLINE = "/offline";

const keepLooks = async () => {
  const cache = await caches.open(SHELL);
  const page = await fetch(OFFLINE, { cache: "no-store", credentials: "same-origin" });
  if (!page.ok) return;
  const text = await page.clone().text();
  const files = [...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]);
  await cache.addAll([...new Set(files)]);
  await cache.put(OFFLINE, page);
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(KEPT)).then(keepLooks));
});

addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => clients.claim()));
});

/* The language, theme or colours of this device have changed. What could not be fetched is asked for by the next page. */
addEventListener("message", (event) => {
  if (event.data === "looks") event.waitUntil(keepLooks().then(() => event.ports[0].postMessage("kept"), () => {}));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) || Response.error()));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});

/* The worker that keeps the shell and the offline page of this device, in its language and colours; never a page of a tenant. */
if ("serviceWorker" in navigator && isSecureContext) on("DOMContentLoaded", async () => {
  if (!document.querySelector('link[rel="manifest"]')) return;
  const looks = [html.lang, html.dataset.colourScheme].join(" ");
  try {
    await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });
    const ready = await navigator.serviceWorker.ready;
    if (localStorage.getItem("adx-looks") === looks) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => localStorage.setItem("adx-looks", looks);
    ready.active.postMessage("looks", [port2]);
  } catch { /* without it, everything but the offline page works */ }
});
/* The page for times without a connection goes on by itself: when the device is online again, or the server answers. */
on("DOMContentLoaded", () => {
  if (!document.querySelector("[data-reload-online]")) return;
  const look = () => fetch("/health/live", { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => {});
  addEventListener("online", look);
  setInterval(look, 3000);
});

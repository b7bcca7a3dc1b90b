/* Moving from page to page: never lose #main, move the focus, mark where we are. */
{
  on("htmx:before:swap", (e) => {
    const { ctx, tasks } = e.detail;
    const task = tasks.find((found) => found.type === "main");
    if (!ctx.request?.headers["HX-Boosted"] || !task) return;
    if (task.target === document.body || !task.fragment.querySelector("#main")) {
      e.preventDefault();
      location.assign(ctx.response.raw.url);
    }
  });

  on("htmx:after:swap", (e) => {
    if (!e.detail.ctx.request?.headers["HX-Boosted"] && !e.detail.ctx.request?.headers["HX-History-Restore-Request"]) return;
    for (const link of all("[data-nav] a")) {
      const path = new URL(link.href).pathname;
      const here = location.pathname === path || (path !== "/" && location.pathname.startsWith(path + "/"));
      here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    }
    if (!main()?.contains(document.activeElement) || document.activeElement === document.body) main()?.focus({ preventScroll: true });
    announce(document.title);
  });

  on("htmx:error", (e) => { if (e.target.id !== "live") all("[data-offline]").forEach((place) => (place.hidden = navigator.onLine)); });

  /* A slot that could not be loaded shows its button. */
  on("htmx:before:request", (e) => e.target.closest?.(".slot")?.removeAttribute("data-failed"));
  const failed = (e) => e.target.closest?.(".slot")?.setAttribute("data-failed", "");
  on("htmx:error", failed);
  on("htmx:response:error", failed);
}

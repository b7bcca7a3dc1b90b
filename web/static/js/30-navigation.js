/* Moving from page to page: never lose #main, move the focus, mark where we are. */
{
  let path = location.pathname;

  /* Going from page to page is a change of scene where motion is welcome; live news never is. */
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  on("htmx:before:request", (e) => { if (e.detail.ctx.request.headers["HX-Boosted"] && e.detail.ctx.request.method === "GET") e.detail.ctx.transition = !still.matches; });

  on("htmx:before:swap", (e) => {
    const { ctx, tasks } = e.detail;
    const task = tasks.find((found) => found.type === "main");
    if (!ctx.request?.headers["HX-Boosted"] || !task) return;
    if (task.target === document.body || !task.fragment.querySelector("#main")) {
      e.preventDefault();
      location.assign(ctx.response.raw.url);
    }
  });

  /* As soon as the content is there: after:swap waits for the end of the change of scene. */
  on("htmx:after:settle", (e) => {
    if (e.detail.task.target?.id !== "main") return;
    if (location.pathname === path) {
      /* The same page again: the focus stays, unless what had it is gone. */
      if (document.activeElement === document.body) main()?.focus({ preventScroll: true });
      return;
    }
    path = location.pathname;
    for (const link of all("[data-nav] a")) {
      const to = new URL(link.href).pathname;
      const here = path === to || (to !== "/" && path.startsWith(to + "/"));
      here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    }
    main()?.focus({ preventScroll: true });
    announce(main()?.querySelector("h1")?.textContent);
  });

  /* A slot that could not be loaded shows its button. */
  on("htmx:before:request", (e) => e.target.closest?.(".slot")?.removeAttribute("data-failed"));
  const failed = (e) => e.target.closest?.(".slot")?.setAttribute("data-failed", "");
  on("htmx:error", failed);
  on("htmx:response:error", failed);
}

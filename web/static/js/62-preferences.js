/* Language, time zone, theme: choose by one press, and never mix a new look with an old frame. */
{
  on("change", (e) => { if (e.target.matches("[data-autosubmit]")) e.target.form.requestSubmit(); });

  /* The browser knows where it is; the person decides. */
  const suggest = () => {
    const list = document.querySelector("select[data-timezone]");
    const button = document.querySelector("[data-timezone-suggestion]");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const option = list && [...list.options].find((found) => found.value === zone);
    if (!button || !option || list.dataset.timezone === zone) return;
    button.querySelector("[data-timezone-name]").textContent = option.textContent;
    button.hidden = false;
    button.onclick = () => { list.value = zone; button.hidden = true; list.focus(); };
  };
  on("DOMContentLoaded", suggest);
  on("htmx:after:swap", suggest);

  /* Changed on another page meanwhile: #main alone would speak another language than its frame. */
  on("htmx:before:swap", (e) => {
    const { ctx } = e.detail;
    if (!ctx.request?.headers["HX-Boosted"]) return;
    const [, tag = ""] = /<html ([^>]*)>/.exec(ctx.text || "") || [];
    const differs = ["lang", "data-theme", "data-colour-scheme"].some((name) => {
      const [, there] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag) || [];
      return there !== undefined && there !== html.getAttribute(name);
    });
    if (differs) { e.preventDefault(); location.assign(ctx.response.raw.url); }
  });
}

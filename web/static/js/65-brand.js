/* The brand: open pages take a published one; in the editor, choices are seen at once. */
{
  /* Put a sheet in the place of another one when it has come, so that nothing is undressed in between. */
  const exchange = (old, id, href, place) => {
    if (old?.getAttribute("href") === href) return;
    if (!href) return old?.remove();
    const next = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    next.onload = () => { old?.remove(); next.id = id; };
    next.onerror = () => next.remove();
    old ? old.after(next) : place.append(next);
  };

  const worn = (news) => {
    if (document.querySelector(".draft-bar")) return;
    exchange(document.getElementById("brand-sheet"), "brand-sheet", news.dataset.sheet, document.head);
    const icon = document.querySelector("link[rel=icon]");
    if (icon) {
      icon.dataset.own ||= icon.getAttribute("data-own") || "";
      icon.type = news.dataset.icon ? "image/png" : "image/svg+xml";
      icon.href = news.dataset.icon || icon.dataset.own;
    }
  };

  const form = () => document.querySelector("[data-brand-form]");
  const look = () => {
    if (!form()) return;
    const sent = new FormData(form());
    sent.delete("csrf_token");
    sent.delete("idempotency_key");
    htmx.ajax("GET", `/admin/branding/preview?${new URLSearchParams(sent)}`, { source: document.querySelector(".brand-editor__preview"), target: "#brand-stage", swap: "none", push: "false" });
  };
  let soon;
  const later = () => { clearTimeout(soon); soon = setTimeout(look, 150); };

  on("htmx:after:swap", () => {
    const wanted = document.getElementById("brand-sheet-wanted");
    const sheets = all("link[href^='/admin/branding/preview.css']");
    if (wanted && sheets.length) exchange(sheets.at(-1), "brand-preview-sheet", wanted.dataset.sheet);
    const again = document.querySelector("[data-brand-refresh]");
    if (again) { again.removeAttribute("data-brand-refresh"); later(); }
  });
  new MutationObserver(() => {
    const news = document.getElementById("brand-news");
    if (news?.dataset.sheet !== undefined && !news.dataset.seen) { news.dataset.seen = "1"; worn(news); }
  }).observe(html, { childList: true, subtree: true });

  on("input", (e) => {
    const well = e.target.closest("[data-colour-of]");
    if (well) document.getElementById(well.dataset.colourOf).value = well.value;
    const picker = e.target.id && document.querySelector(`[data-colour-of="${e.target.id}"]`);
    if (picker && /^#?[0-9a-f]{6}$/i.test(e.target.value)) picker.value = `#${e.target.value.replace("#", "").toLowerCase()}`;
    if (!e.target.form?.matches("[data-brand-form]") && !well) return;
    for (const note of all("[data-brand-unsaved]")) note.hidden = false;
    later();
  });
  on("change", (e) => { if (e.target.form?.matches("[data-submit-on-choice]")) e.target.form.requestSubmit(); });

  on("click", (e) => {
    const scheme = e.target.closest("[data-brand-scheme]");
    if (scheme) {
      document.querySelector(".brand-preview").dataset.colourScheme = scheme.dataset.brandScheme;
      for (const button of all("[data-brand-scheme]")) button.setAttribute("aria-pressed", button === scheme);
    }
    const take = e.target.closest("[data-brand-take]");
    const clear = e.target.closest("[data-colour-clear]");
    if (!take && !clear) return;
    e.preventDefault();
    const field = document.getElementById(take ? take.dataset.brandTake : clear.dataset.colourClear);
    field.value = take ? take.value : "";
    const well = document.querySelector(`[data-colour-of="${field.id}"]`);
    if (clear) well.value = well.dataset.fallback;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (take) field.focus();
  });
}

/* Tables, filters, tooltips and trees: what they do beyond what the browser does for them. */
{
  /* Selecting rows: the box in the head stands for all of them, and the bar says how many. */
  const count = (name) => {
    const rows = all(`[data-select-row="${CSS.escape(name)}"]`);
    const chosen = rows.filter((row) => row.checked).length;
    for (const head of all(`[data-select-all="${CSS.escape(name)}"]`)) {
      head.checked = chosen > 0 && chosen === rows.length;
      head.indeterminate = chosen > 0 && chosen < rows.length;
    }
    for (const place of all(`[data-select-count="${CSS.escape(name)}"]`)) place.textContent = chosen.toLocaleString(html.lang);
  };
  const countAll = () => new Set(all("[data-select-row]").map((row) => row.dataset.selectRow)).forEach(count);
  on("change", ({ target }) => {
    const { selectAll, selectRow } = target.dataset;
    if (selectAll) all(`[data-select-row="${CSS.escape(selectAll)}"]`).forEach((row) => (row.checked = target.checked));
    if (selectAll || selectRow) count(selectAll || selectRow);
  });
  on("DOMContentLoaded", countAll);
  on("htmx:after:swap", countAll);

  /* What is chosen counts at once; what is typed, when the hand rests. */
  let typing;
  const send = (form) => { clearTimeout(typing); form.requestSubmit(); };
  on("input", ({ target }) => {
    const form = target.form;
    if (!form || !(form.hasAttribute("data-submit-on-change") || target.hasAttribute("data-submit-on-change"))) return;
    clearTimeout(typing);
    if (target.matches("textarea, input:not([type=checkbox], [type=radio], [type=date])")) typing = setTimeout(send, 300, form);
    else send(form);
  });

  /* Escape hides a tooltip until the pointer and the focus have left it. */
  const tip = (e) => e.target.closest?.("[data-tip]");
  on("keydown", (e) => { if (e.key === "Escape") all("[data-tip]:is(:hover, :focus-within)").forEach((shown) => (shown.dataset.hidden = "")); });
  on("pointerover", (e) => all("[data-tip][data-hidden]").forEach((hidden) => { if (hidden !== tip(e) && !hidden.matches(":focus-within")) delete hidden.dataset.hidden; }));
  on("focusout", (e) => { if (tip(e)) delete tip(e).dataset.hidden; });

  /* Arrows move in trees and menus; along the line they open and close. */
  on("keydown", (e) => {
    const box = e.target.closest("[data-tree], [data-menu][open]");
    if (!box || e.ctrlKey || e.metaKey || e.altKey) return;
    const stops = all("summary, a, button", box).filter((stop) => stop.checkVisibility());
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) stops[stops.indexOf(e.target) + step]?.focus();
    else if (box.matches("[data-tree]") && e.target.matches("summary") && ["ArrowLeft", "ArrowRight"].includes(e.key))
      e.target.parentElement.open = (e.key === "ArrowRight") !== (getComputedStyle(e.target).direction === "rtl");
    else return;
    e.preventDefault();
  });
}

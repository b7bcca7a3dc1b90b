/* Keys: declared by data-shortcut where they lead ("g f", "u"), told by the sheet, off while somebody types or wants none. */
{
  const OFF = "adx-keys-off";
  const isOff = () => localStorage.getItem(OFF) === "1";
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  let before = "";
  let timer;

  const rows = () => all("#main :is(tbody tr, .list > li, .run-list > .run, .list-rows > li)").filter((row) => row.checkVisibility());
  const link = (row) => row.querySelector("a[href]");
  const step = (by) => {
    const list = rows().filter(link);
    if (!list.length) return;
    const at = list.findIndex((row) => row.contains(document.activeElement));
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
    link(next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (target) => (target.querySelector?.("input[type=file]") || target).click();

  on("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented || isOff()) return;
    if (e.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (e.key.length !== 1) return;
    const keys = before ? `${before} ${e.key}` : e.key;
    clearTimeout(timer);
    before = "";
    if (e.key === "?") { fill(); return document.getElementById("shortcuts")?.showModal(); }
    if (e.key === "j" || e.key === "k") { step(e.key === "j" ? 1 : -1); return e.preventDefault(); }
    const declared = all("[data-shortcut]");
    const target = declared.find((each) => each.dataset.shortcut.split(",").includes(keys));
    if (target) { e.preventDefault(); press(target); } else if (declared.some((each) => each.dataset.shortcut.startsWith(`${keys} `))) {
      before = keys;
      timer = setTimeout(() => (before = ""), 1200);
    }
  });

  /* The sheet is made when it opens: of what this page declares, and of what works everywhere. */
  const fill = () => {
    const sheet = document.querySelector("[data-shortcuts]");
    all("[data-made]", sheet).forEach((row) => row.remove());
    const seen = new Set();
    const made = all("[data-shortcut]").filter((each) => !seen.has(each.dataset.shortcut) && seen.add(each.dataset.shortcut)).map((each) => {
      const row = Object.assign(document.createElement("div"), { innerHTML: "<dt></dt><dd></dd>" });
      row.dataset.made = "";
      row.firstChild.textContent = each.dataset.shortcutLabel || each.ariaLabel || each.querySelector("[class*=label], .truncate")?.textContent || each.textContent.trim();
      each.dataset.shortcut.split(",")[0].split(" ").forEach((key, index) => {
        if (index) row.lastChild.append(` ${sheet.dataset.then} `);
        row.lastChild.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      });
      return row;
    });
    sheet.prepend(...made);
    document.querySelector("[data-shortcuts-switch]").checked = !isOff();
  };
  on("click", (e) => { if (e.target.closest('[data-dialog-open="shortcuts"]')) fill(); }, true);
  on("change", (e) => {
    if (!e.target.matches("[data-shortcuts-switch]")) return;
    e.target.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
  });
  on("DOMContentLoaded", () => { if (mac) all("[data-keys]").forEach((each) => (each.textContent = "⌘ K")); });

  /* A field that narrows a list. */
  on("input", (e) => {
    const list = e.target.dataset.narrows && document.getElementById(e.target.dataset.narrows);
    if (list) for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(e.target.value.trim().toLowerCase());
  });
}

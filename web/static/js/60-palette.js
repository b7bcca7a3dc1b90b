/* The palette: a combobox over the list that /search answers. The last question wins; what was chosen before comes first. */
{
  const box = () => document.getElementById("palette");
  const input = () => document.getElementById("palette-input");
  const found = () => document.getElementById("palette-found");
  const hits = () => all("[role=option]", found());
  const KEY = "adx-recent";
  /* What this person chose on this device before; what another one chose is forgotten. */
  const recent = () => {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(KEY)); } catch { /* not ours */ }
    if (whose() && kept?.whose === whose()) return kept.items;
    if (whose()) localStorage.removeItem(KEY);
    return [];
  };
  let timer;

  const choose = (hit) => {
    for (const each of hits()) each.setAttribute("aria-selected", each === hit);
    hit ? input().setAttribute("aria-activedescendant", hit.id) : input().removeAttribute("aria-activedescendant");
    hit?.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => hits().find((hit) => hit.getAttribute("aria-selected") === "true");
  const ask = () => box().open && htmx.trigger(box().querySelector("form"), "palette:ask");

  /* What was chosen before: built from text, never from markup. */
  const showRecent = () => {
    const items = input().value ? [] : recent();
    const model = hits()[0];
    if (!items.length || !model) return;
    const group = document.createElement("div");
    const title = document.createElement("p");
    group.className = "found";
    title.className = "found__title";
    title.id = "found-recent";
    title.textContent = found().dataset.recent;
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", title.id);
    group.append(title);
    items.forEach(({ href, text, icon }, index) => {
      const hit = model.cloneNode(true);
      hit.id = `hit-recent-${index}`;
      hit.href = href;
      hit.dataset.remember = icon;
      delete hit.dataset.press;
      hit.removeAttribute("hx-boost");
      hit.querySelector(".hit__detail")?.remove();
      hit.querySelector(".hit__title").textContent = text;
      const use = hit.querySelector("use");
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
      group.append(hit);
    });
    found().prepend(group);
    htmx.process(group);
  };

  on("DOMContentLoaded", recent);

  const open = () => {
    if (!box() || box().open) return;
    box().showModal();
    input().select();
    input().setAttribute("aria-expanded", "true");
    ask();
  };
  window.adxPalette = open;

  on("click", (e) => {
    const opener = e.target.closest("[data-palette-open]");
    if (opener && box() && !e.metaKey && !e.ctrlKey && !e.shiftKey) {
      e.preventDefault();
      e.stopPropagation();
      return open();
    }
    const hit = e.target.closest("#palette-found [role=option]");
    if (!hit) return;
    if (hit.dataset.remember) {
      const item = { href: hit.getAttribute("href"), text: hit.querySelector(".hit__title").textContent, icon: hit.dataset.remember };
      const items = [item, ...recent().filter((other) => other.href !== item.href)].slice(0, 5);
      localStorage.setItem(KEY, JSON.stringify({ whose: whose(), items }));
    }
    box().close();
    if (hit.dataset.press) {
      e.preventDefault();
      document.querySelector(hit.dataset.press)?.click();
    }
  }, true);

  on("input", (e) => {
    if (e.target !== input()) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  on("keydown", (e) => {
    if (e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey && box()) {
      e.preventDefault();
      return box().open ? box().close() : open();
    }
    if (e.target !== input() || e.isComposing) return;
    const list = hits();
    const at = list.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? list.length - 1 : at - 1, PageDown: Math.min(at + 6, list.length - 1), PageUp: Math.max(at - 6, 0) }[e.key];
    if (to !== undefined && list.length) { e.preventDefault(); choose(list[(to + list.length) % list.length]); }
    if (e.key === "Escape") { e.preventDefault(); box().close(); }
    if (e.key === "Enter") { e.preventDefault(); chosen()?.click(); }
  });

  on("htmx:after:swap", (e) => {
    if (e.detail.ctx.target !== found()) return;
    showRecent();
    choose(hits()[0]);
    if (input().value) announce(found().querySelector("[data-count]")?.textContent);
  });
  document.addEventListener("close", (e) => { if (e.target === box()) input().setAttribute("aria-expanded", "false"); }, true);
}

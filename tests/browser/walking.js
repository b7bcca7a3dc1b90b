/* Looks at the page as it is now. Each check returns a list of faults; empty is well. */
window.walking = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const path = (element) => [element.localName, element.id && `#${element.id}`, element.className?.baseVal ?? element.className].filter(Boolean).join(" ");
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const hiddenOnPurpose = (element) => element.closest(".visually-hidden, .skip-link") || element.clientWidth === 1;
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const themes = new Map();

  /* All sheets at once, one of them in force: a page load for each would take minutes. */
  const prepare = (keys) => {
    const own = all("link[rel=stylesheet]").find((link) => link.href.includes("/themes/"));
    return Promise.all(keys.map((key) => new Promise((done, failed) => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: own.href.replace(/themes\/[^/]+\//, `themes/${key}/`) });
      link.onload = done;
      link.onerror = () => failed(new Error(`no sheet of ${key}`));
      own.after(link);
      themes.set(key, link);
    }))).then(() => own.remove());
  };
  const wear = (theme, scheme) => {
    for (const [key, link] of themes) link.disabled = key !== theme;
    Object.assign(document.documentElement.dataset, { theme, colourScheme: scheme });
  };

  /* One call for all looks at a width: what takes time is the way between the test and the page. */
  const inLooks = ([looks, checks]) => looks.flatMap(([theme, scheme]) => {
    wear(theme, scheme);
    return checks.flatMap((check) => walking[check]()).map((fault) => `${theme} ${scheme}: ${fault}`);
  });

  const overflow = () => {
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const beyond = all("body *").filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width && (box.right > page.clientWidth + 1 || box.left < -1) && shown(element) && !hiddenOnPurpose(element);
    });
    return [`the page is ${page.scrollWidth} wide in ${page.clientWidth}: ${beyond.slice(0, 4).map(path).join(", ")}`];
  };

  const intended = (element, style) => style.textOverflow === "ellipsis" && (element.closest("[title]") || element.matches("input, select"));
  const clipped = () => {
    const found = [];
    for (const element of all("body *")) {
      /* The sizes first: they are at hand, and nearly every element ends here. */
      if (element.scrollWidth <= element.clientWidth + 1 && element.scrollHeight <= element.clientHeight + 1) continue;
      if (!element.textContent.trim() || element.closest("svg, dialog:not([open]), template") || !shown(element)) continue;
      const style = getComputedStyle(element);
      const cut = (overflow) => ["hidden", "clip"].includes(overflow);
      if ((!cut(style.overflowX) && !cut(style.overflowY)) || hiddenOnPurpose(element) || style.display === "inline") continue;
      const wide = cut(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const high = cut(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
      if ((wide && !intended(element, style)) || high) found.push(`cut off: ${path(element)}: ${element.textContent.trim().slice(0, 60)}`);
    }
    /* What stands in a button or badge stays in it. */
    for (const box of all(".button, .badge, .count, .pick, .segments a, .tabs a, .stepper__label, .menu__item")) {
      if (!shown(box) || box.closest("dialog:not([open])") || hiddenOnPurpose(box)) continue;
      const range = document.createRange();
      range.selectNodeContents(box);
      const [inner, outer] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
      if (inner.width && !all(".visually-hidden", box).length && (inner.right > outer.right + 1 || inner.left < outer.left - 1)) found.push(`stands out of its box: ${path(box)}: ${box.textContent.trim().slice(0, 60)}`);
    }
    return found;
  };

  /* Everything that can have the focus, as Tab would meet it: of the radio buttons of a group, the one that is chosen. */
  const stops = () => all(FOCUSABLE).filter((element) => {
    if (element.disabled || element.tabIndex < 0 || element.closest("dialog:not([open]), [inert]") || !shown(element)) return false;
    if (element.type !== "radio") return true;
    const group = all(`input[type=radio][name="${CSS.escape(element.name)}"]`).filter(({ form, disabled }) => form === element.form && !disabled);
    return element === (group.find(({ checked }) => checked) ?? group[0]);
  });
  const look = (element) => {
    const parts = [element, element.parentElement, element.closest(".pick, .dropzone, .search")].filter(Boolean);
    return parts.map((part) => { const { outline, boxShadow } = getComputedStyle(part); return `${outline} ${boxShadow}`; }).join("|");
  };
  const ring = (element) => {
    const parts = [element, element.closest(".pick, .dropzone, .search")].filter(Boolean);
    return parts.some((part) => { const style = getComputedStyle(part); return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !/\/ 0\)$/.test(style.outlineColor)); });
  };
  const focus = () => {
    const found = [];
    document.activeElement?.blur?.();
    const before = new Map(stops().map((element) => [element, look(element)]));
    for (const [element, unfocused] of before) {
      element.focus({ focusVisible: true, preventScroll: true });
      if (document.activeElement !== element) found.push(`takes no focus: ${path(element)}`);
      else if (look(element) === unfocused || !ring(element)) found.push(`does not show the focus: ${path(element)}`);
    }
    document.activeElement?.blur?.();
    return found;
  };

  /* What Tab has not met yet. */
  let unmet = new Set();
  const follow = () => {
    unmet = new Set(stops());
    addEventListener("focusin", ({ target }) => unmet.delete(target), true);
    return unmet.size;
  };
  const left = () => [...unmet].map(path);

  return { prepare, wear, inLooks, overflow, clipped, focus, follow, left };
})();

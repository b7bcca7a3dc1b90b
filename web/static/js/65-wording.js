/* The editor of texts: what is wrong is shown while one types, and keys go from text to text. */
{
  const PLACEHOLDER = /\{([a-z][a-z0-9_]*)\}/g;
  const joined = new Intl.ListFormat(html.lang);
  const words = (text) => (text ? text.split(" ") : []);

  /* What the server will say too: placeholders that are missing, or that the source does not have. */
  const check = (input) => {
    const { allowed, required } = input.form.dataset;
    const used = new Set([...input.value.matchAll(PLACEHOLDER)].map((found) => found[1]));
    const place = input.parentElement.querySelector("[data-text-flaw]");
    const missing = words(required).filter((name) => !used.has(name));
    const unknown = [...used].filter((name) => !words(allowed).includes(name));
    const list = (label, names) => (names.length ? filled(label, { names: joined.format(names.map((name) => apart(`{${name}}`))) }) : "");
    const told = [list(place.dataset.missing, missing), list(place.dataset.unknown, unknown)].filter(Boolean).join(" · ");
    place.hidden = !told;
    place.lastElementChild.textContent = told;
    input.toggleAttribute("aria-invalid", Boolean(told));
    if (told) input.setAttribute("aria-invalid", "true");
  };

  let last;
  on("focusin", (e) => { if (e.target.matches("[data-text-input]")) last = e.target; });
  on("input", (e) => { if (e.target.matches("[data-text-input]")) check(e.target); });
  on("click", (e) => {
    const chip = e.target.closest("[data-text-insert]");
    if (chip) {
      const input = last && chip.form === last.form ? last : chip.form.querySelector("[data-text-input]");
      input.setRangeText(chip.dataset.textInsert, input.selectionStart, input.selectionEnd, "end");
      input.focus();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const link = e.target.closest("[data-text-link], [data-text-step]");
    if (link) current(new URL(link.href).searchParams.get("text"));
  });
  const current = (key) => {
    for (const link of all("[data-text-link]")) link.removeAttribute("aria-current");
    const link = document.querySelector(`#text-row-${key} [data-text-link]`);
    link?.setAttribute("aria-current", "true");
    link?.scrollIntoView({ block: "nearest" });
  };

  on("keydown", (e) => {
    const form = e.target.closest?.("[data-text-form]");
    if (form && e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      form.requestSubmit();
    } else if (e.altKey && (e.key === "ArrowDown" || e.key === "ArrowUp") && document.querySelector(".wording")) {
      e.preventDefault();
      const step = document.querySelector(`[data-text-step="${e.key === "ArrowDown" ? "next" : "prev"}"]`);
      (step || document.querySelector("[data-text-link]"))?.click();
    }
  });

  /* A file belongs to the catalogue that is chosen above it. */
  on("change", (e) => {
    const form = e.target.closest("[data-text-import]");
    if (form) form.action = `/admin/translations/imports?feature=${form.elements.feature.value}&language=${form.elements.language.value}`;
  });
}

/* Editing on the page: the invisible marks around texts become places that can be pressed, and a drawer opens. */
{
  const bar = () => document.querySelector("[data-text-bar]");
  const drawer = () => document.getElementById("text-drawer");
  const MARK = /\u2063([\u{E0030}-\u{E0066}]{12})|\u2064/gu;
  const keyOf = (tags) => [...tags].map((tag) => String.fromCodePoint(tag.codePointAt(0) - 0xe0000)).join("");
  const ours = (target) => target.closest("[data-text-bar], #text-drawer");
  const bare = (text) => text.replace(MARK, "");
  const WHOLE = "option, title, textarea, script, style, text";

  /* What can be outlined for a text of an attribute: not whole regions of the page. */
  const SMALL = "a, button, img, input, label, select, summary, svg, textarea, time";

  const attributes = (root) => {
    for (const element of [root, ...root.querySelectorAll("*")]) {
      if (element.nodeType !== 1) continue;
      for (const { name, value } of [...element.attributes]) {
        if (!value.includes("\u2063")) continue;
        if (element.matches(SMALL) && !ours(element)) element.dataset.textKey ||= keyOf([...value.matchAll(MARK)][0][1]);
        element.setAttribute(name, bare(value));
        if (name === "value") element.value = bare(value);
      }
    }
  };

  /* Texts that begin and end within one piece of text get an element of their own; others name their parent. */
  const pieces = (node) => {
    const parts = [];
    const open = [];
    let at = 0;
    const put = (text) => { if (text) (open.at(-1)?.element ?? { append: (piece) => parts.push(piece) }).append(text); };
    for (const found of node.data.matchAll(MARK)) {
      put(node.data.slice(at, found.index));
      at = found.index + found[0].length;
      if (found[1]) {
        const element = Object.assign(document.createElement("span"), { tabIndex: 0 });
        element.dataset.textKey = keyOf(found[1]);
        put(element);
        open.push({ element });
      } else if (open.length) open.pop();
    }
    put(node.data.slice(at));
    /* The rest stands behind a link or the like: the parent is what can be pressed. */
    for (const { element } of open) {
      node.parentElement.dataset.textKey ||= element.dataset.textKey;
      element.replaceWith(...element.childNodes);
    }
    return parts;
  };

  const texts = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (/[\u2063\u2064]/.test(walker.currentNode.data)) found.push(walker.currentNode);
    for (const node of found) {
      const parent = node.parentElement;
      if (parent && ours(parent)) node.data = bare(node.data);
      else if (parent?.closest(WHOLE)) {
        const key = [...node.data.matchAll(MARK)].find((mark) => mark[1]);
        const owner = parent.closest("select") ?? parent;
        if (key && !parent.closest("title, script, style")) owner.dataset.textKey ||= keyOf(key[1]);
        node.data = bare(node.data);
      } else node.replaceWith(...pieces(node));
    }
  };

  const reveal = (root) => { attributes(root); texts(root); };

  const open = (key) => {
    drawer().querySelector("[data-text-place]").replaceChildren();
    if (!drawer().open) drawer().showModal();
    const language = bar().dataset.language;
    htmx.ajax("GET", `/admin/translations/texts/${key}?language=${language}&context=1`, { target: "#text-drawer [data-text-place]", swap: "innerHTML" });
  };

  /* The page is asked for anew, and each place where the text stands takes what stands there now. */
  const renew = async (key) => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    reveal(fresh.documentElement);
    const now = all(`[data-text-key="${key}"]`, fresh);
    all(`[data-text-key="${key}"]`).forEach((place, number) => {
      const next = now[number];
      if (!next) return;
      for (const name of ["title", "aria-label", "placeholder", "alt"]) {
        if (next.hasAttribute(name)) place.setAttribute(name, next.getAttribute(name));
      }
      if (place.matches("span, select")) place.replaceChildren(...next.childNodes);
    });
  };

  const start = () => {
    if (!bar()) return;
    document.documentElement.classList.add("text-picking");
    reveal(document.documentElement);
    new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === "characterData") { if (/[\u2063\u2064]/.test(change.target.data)) texts(change.target.parentElement); continue; }
        if (change.type === "attributes") { if (change.target.getAttribute(change.attributeName)?.includes("\u2063")) attributes(change.target); continue; }
        for (const node of change.addedNodes) {
          if (node.nodeType === 1) reveal(node);
          else if (node.nodeType === 3 && /[\u2063\u2064]/.test(node.data) && node.parentElement) texts(node.parentElement);
        }
      }
    }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true });
    const asked = location.hash.match(/^#text-([0-9a-f]{12})$/)?.[1];
    const place = asked && document.querySelector(`[data-text-key="${asked}"]`);
    if (place) { place.classList.add("text-found"); place.scrollIntoView({ block: "center" }); open(asked); }
  };

  const picking = () => document.documentElement.classList.contains("text-picking");
  const keyAt = (target) => (target.closest("[data-text-key]") ?? target.querySelector?.("[data-text-key]"))?.dataset.textKey;

  addEventListener("click", (e) => {
    if (!bar()) return;
    if (e.target.closest("[data-text-close]")) return drawer().close();
    if (e.target.closest("[data-text-pick]")) {
      const is = document.documentElement.classList.toggle("text-picking");
      return e.target.setAttribute("aria-pressed", is);
    }
    const place = !ours(e.target) && picking() && e.target.closest("[data-text-key]");
    if (!place) return;
    e.preventDefault();
    e.stopPropagation();
    open(place.dataset.textKey);
  }, true);
  addEventListener("keydown", (e) => {
    if (!bar() || ours(e.target)) return;
    const key = (e.key === "F2" || (e.key === "Enter" && e.target.matches("span[data-text-key]"))) && keyAt(e.target);
    if (key) { e.preventDefault(); e.stopPropagation(); open(key); }
  }, true);
  on("htmx:after:swap", () => {
    const saved = document.querySelector("#text-drawer [data-text-saved]");
    if (saved) { saved.removeAttribute("data-text-saved"); renew(saved.dataset.text); }
  });
  on("DOMContentLoaded", start);
}

/* Looks at the page as it is now. Each check returns a list of faults; empty is well. */
window.walking = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const path = (element) => [element.localName, element.id && `#${element.id}`, element.className?.baseVal ?? element.className].filter(Boolean).join(" ");
  const short = (text) => [...text.trim()].slice(0, 60).join(""); // whole letters: half of one is no text
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

  /* The same page turned around, for the checks of one look; what folds is open or as it was. */
  const turned = ([direction, checks, unfolded = false]) => {
    if (direction) document.documentElement.dir = direction;
    for (const fold of all("details").filter((one) => !one.matches(MENU))) fold.open = unfolded || (fold.dataset.was ??= String(fold.open)) === "true";
    return checks.flatMap((check) => walking[check]());
  };

  /* One call for a look at a page: as it is; with what folds open, where that is asked for and there is such; and with its
     menus and dialogs open. */
  const looked = async ([direction, checks, unfold, most, region]) => {
    const own = document.documentElement.dir;
    const found = turned([direction, checks]);
    if (unfold && all("details:not([open])").some((fold) => !fold.matches(MENU) && shown(fold))) {
      turned([direction, [], true]);
      await settled();
      found.push(...turned([direction, checks, true]).map((fault) => `unfolded: ${fault}`));
      turned([direction, []]);
    }
    if (most) found.push(...await opened([region, most, checks]));
    document.documentElement.dir = own;
    return found;
  };

  /* Menus and dialogs stand over the page: one after the other is opened, of each kind not more than `most`, and looked at
     inside; what it reads when it opens is waited for. */
  const settled = async () => {
    const since = performance.now();
    do {
      await new Promise((done) => setTimeout(done, 10));
      if (performance.now() - since > PATIENCE_MS) throw new Error(`never settles: ${[...window.__busy].map(({ request }) => request?.action)}`);
    } while (window.__busy?.size);
  };
  const PATIENCE_MS = 30000;
  const MENU = "[data-menu], .tray__box";
  const opened = async ([region, most, checks]) => {
    const [found, met] = [[], new Map()];
    for (const element of all(`${region} :is(${MENU}, dialog:not([open]))`)) {
      const kind = `${path(element).replace(/#\S+/, "")} ${all(FOCUSABLE, element).length}`;
      met.set(kind, (met.get(kind) ?? 0) + 1);
      if (met.get(kind) > most || !element.isConnected || element.closest("dialog:not([open])") !== (element.localName === "dialog" ? element : null)) continue;
      const isDialog = element.localName === "dialog";
      if (!isDialog && !shown(element)) continue;
      const heard = element.open || new Promise((done) => element.addEventListener("toggle", done, { once: true }));
      if (element.id === "palette") window.adxPalette(); // it asks for what it shows
      else if (isDialog) element.showModal();
      else element.open = true;
      await heard;
      await settled();
      const root = isDialog ? element : element.querySelector(".menu__panel, .tray__list");
      if (shown(root)) {
        /* Where it comes to rest, not where it sets out from. */
        for (const motion of root.getAnimations({ subtree: true })) if (Number.isFinite(motion.effect.getComputedTiming().endTime)) motion.finish();
        const cut = cutOff(root);
        root.scrollIntoView({ block: "nearest" });
        found.push(...[...cut, ...checks.flatMap((check) => walking[check](root)), ...beyond(root)].map((fault) => `in ${path(element)}: ${fault}`));
      }
      if (isDialog) element.close();
      else element.open = false;
    }
    scrollTo(0, 0);
    return found;
  };
  /* What cuts off whatever leaves it can be scrolled by a script, and by nobody else: asked before anything is scrolled. */
  const cutOff = (root) => {
    const [found, box] = [[], root.getBoundingClientRect()];
    for (let around = root.offsetParent; around && around !== document.body; around = around.parentElement) {
      const [style, edge] = [getComputedStyle(around), around.getBoundingClientRect()];
      const cuts = (way) => ["hidden", "clip"].includes(style[way]);
      if ((cuts("overflowX") && (box.left < edge.left - 1 || box.right > edge.right + 1)) || (cuts("overflowY") && (box.top < edge.top - 1 || box.bottom > edge.bottom + 1))) found.push(`cut off by ${path(around)}: ${path(root)}`);
    }
    return found;
  };
  /* What has opened stands on the screen, nothing covers it, and everything in it can be pressed. */
  const beyond = (root) => {
    const [found, box, page] = [[], root.getBoundingClientRect(), document.documentElement];
    if (box.left < -1 || box.right > page.clientWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1) found.push(`out of the screen: ${path(root)} ${[box.left, box.right, box.top, box.bottom].map(Math.round)} of ${page.clientWidth} ${innerHeight}`);
    for (const element of all(FOCUSABLE, root)) {
      if (element.disabled || !shown(element) || hiddenOnPurpose(element) || element.closest("dialog:not([open])") || getComputedStyle(element).opacity === "0") continue;
      element.scrollIntoView({ block: "nearest" });
      const { left, top } = element.getClientRects()[0] ?? {}; // of a link over two lines the first
      const { width, height } = element.getClientRects()[0] ?? {};
      const there = width && document.elementFromPoint(left + width / 2, top + height / 2);
      if (width && !(there && (element.contains(there) || there.contains(element) && root.contains(there) || there.closest("label")?.control === element))) found.push(`cannot be pressed: ${path(element)}: ${short(element.textContent)}, below ${there ? path(there) : "the edge"}`);
    }
    return found;
  };

  const overflow = () => {
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const beyond = all("body *").filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width && (box.right > page.clientWidth + 1 || box.left < -1) && shown(element) && !hiddenOnPurpose(element);
    });
    return [`the page is ${page.scrollWidth} wide in ${page.clientWidth}: ${beyond.slice(0, 4).map(path).join(", ")}`];
  };

  /* Cut with dots, and whole where it leads to or in its title; or clamped to a few lines, the same way. */
  const wholeElsewhere = (element) => element.closest("[title], a[href]") || element.querySelector("a[href], [title]") || element.matches("input, select");
  const clamped = (style) => style.webkitLineClamp && style.webkitLineClamp !== "none";
  const intended = (element, style) => (style.textOverflow === "ellipsis" || clamped(style)) && wholeElsewhere(element);
  /* A page that is turned by the walk has texts of ours in the other direction; only as its language goes this is asked. */
  const cutAtItsStart = (element, { direction }) => {
    const { lang, dir } = document.documentElement;
    const first = element.textContent.match(/\p{L}/u)?.[0];
    return first && lang.startsWith("ar") === (dir === "rtl") && /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(first) !== (direction === "rtl");
  };
  const clipped = (root = document.body) => {
    const found = [];
    for (const element of all("*", root)) {
      /* The sizes first: they are at hand, and nearly every element ends here. */
      if (element.scrollWidth <= element.clientWidth + 1 && element.scrollHeight <= element.clientHeight + 1) continue;
      if (!element.textContent.trim() || element.closest("svg, dialog:not([open]), template") || !shown(element)) continue;
      const style = getComputedStyle(element);
      const cut = (overflow) => ["hidden", "clip"].includes(overflow);
      if ((!cut(style.overflowX) && !cut(style.overflowY)) || hiddenOnPurpose(element) || style.display === "inline") continue;
      const wide = cut(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const high = cut(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
      if (wide && style.textOverflow === "ellipsis" && cutAtItsStart(element, style)) found.push(`cut off where it begins: ${path(element)}: ${short(element.textContent)}`);
      if ((wide && !intended(element, style)) || (high && !(clamped(style) && wholeElsewhere(element)))) found.push(`cut off: ${path(element)}: ${short(element.textContent)}`);
    }
    /* What stands in a button or badge stays in it. */
    for (const box of all(".button, .badge, .count, .pick, .segments a, .tabs a, .stepper__label, .menu__item", root)) {
      if (!shown(box) || box.closest("dialog:not([open])") || hiddenOnPurpose(box)) continue;
      const [outer, known] = [box.getBoundingClientRect(), new Map()];
      /* The number on the bell hangs over its edge. */
      const parts = [...texts(box)].filter(([, element]) => !element.closest(".bell__badge")).flatMap(([, element, lines]) => lines.map((line) => [element, line]));
      parts.push(...all(".icon, .avatar, .count", box).filter(shown).map((part) => [part.parentElement, part.getBoundingClientRect()]));
      /* What a part of it cuts off, with dots, does not stand out. */
      const seen = parts.map(([element, line]) => cut(line, frame(element, known, { parentElement: box }))).filter(Boolean);
      if (seen.some(({ left, right }) => right > outer.right + 1 || left < outer.left - 1)) found.push(`stands out of its box: ${path(box)}: ${short(box.textContent)}`);
    }
    return found;
  };

  /* Texts with the boxes of their lines, as far as they are to be seen: what an ancestor cuts off or scrolls is left out. */
  const texts = function* (root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || element.closest("svg, script, style, noscript, template, select, textarea, dialog:not([open])") || !shown(element) || element.closest(".visually-hidden, .skip-link")) continue;
      range.selectNodeContents(node);
      yield [node, element, [...range.getClientRects()].filter(({ width }) => width > 1)];
    }
  };

  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const FEW = 4;
  /* A text of which each line has room for a few letters stands in a column that is too narrow for it. */
  const narrow = (root = document.body) => {
    const found = [];
    for (const [node, element, boxes] of texts(root)) {
      const lines = new Set(boxes.map(({ top }) => Math.round(top))).size;
      if (lines <= FEW) continue;
      /* A font may draw a letter that is made of several signs one by one (a family): each takes its room. */
      const length = [...letters.segment(node.data.trim())].reduce((sum, { segment }) => sum + segment.split("\u200d").length, 0);
      if (length / lines <= FEW) found.push(`${length} letters in ${lines} lines: ${path(element)}: ${short(node.data)}`);
    }
    return found;
  };

  /* What the ancestors of an element let be seen of it; null for what floats over the page: that covers on purpose. Each
     element is looked at once a round: what takes time is to ask for styles. */
  const frame = (element, known, root) => {
    if (!element || element === document.body || element === root.parentElement) return { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
    if (known.has(element)) return known.get(element);
    const style = getComputedStyle(element);
    const floats = element !== root && (["fixed", "sticky"].includes(style.position) || (style.position !== "static" && style.zIndex > 9));
    let seen = floats ? null : frame(element.parentElement, known, root);
    if (seen && (style.overflowX !== "visible" || style.overflowY !== "visible")) {
      const edge = element.getBoundingClientRect();
      seen = { left: Math.max(seen.left, edge.left), right: Math.min(seen.right, edge.right), top: Math.max(seen.top, edge.top), bottom: Math.min(seen.bottom, edge.bottom) };
    }
    known.set(element, seen);
    return seen;
  };
  const cut = (box, edge) => {
    if (!edge) return null;
    const [left, right, top, bottom] = [Math.max(edge.left, box.left), Math.min(edge.right, box.right), Math.max(edge.top, box.top), Math.min(edge.bottom, box.bottom)];
    return right - left > 2 && bottom - top > 2 ? { left, right, top, bottom } : null;
  };
  const CONTROLS = ".button, .badge, .count, .bell__badge, .avatar, .icon, .thumbnail, input:not([type=hidden]), select, textarea";
  /* Of a line of letters the middle counts: what hangs above and below stands in the next line's room. */
  const middle = ({ left, right, top, bottom }) => ({ left, right, top: top + (bottom - top) * 0.3, bottom: bottom - (bottom - top) * 0.3 });
  const covering = (root = document.body) => {
    const [boxes, known] = [[], new Map()];
    for (const [, element, lines] of texts(root)) for (const line of lines) boxes.push([element, middle(line)]);
    for (const element of all(CONTROLS, root)) {
      if (!shown(element) || element.closest("dialog:not([open]), .visually-hidden") || element.clientWidth === 1 || getComputedStyle(element).opacity === "0") continue;
      boxes.push([element, element.getBoundingClientRect()]);
    }
    const seen = boxes.map(([element, box]) => [element, box.right - box.left > 1 && cut(box, frame(element, known, root))]).filter(([, box]) => box);
    seen.sort(([, one], [, other]) => one.top - other.top);
    const found = new Set();
    seen.forEach(([element, box], number) => {
      for (let next = number + 1; next < seen.length && seen[next][1].top < box.bottom - 2; next++) {
        const [other, its] = seen[next];
        if (its.left >= box.right - 2 || its.right <= box.left + 2 || element.contains(other) || other.contains(element)) continue;
        found.add(`stand on each other: ${path(element)} and ${path(other)}: ${short(element.textContent || other.textContent)}`);
      }
    });
    return root === document.body ? [...found, ...floating()] : [...found];
  };
  /* Whether the page scrolls beneath it just now: what is sticky does so only while it is held. */
  const stays = (element) => {
    const { position, top, bottom } = getComputedStyle(element);
    if (position !== "sticky") return position === "fixed";
    const box = element.getBoundingClientRect();
    return Math.abs(box.top - parseFloat(top)) <= 1 || Math.abs(innerHeight - parseFloat(bottom) - box.bottom) <= 1;
  };
  /* What stays in view while the page scrolls must not stay over other such things. */
  const floating = () => {
    const there = all("body *").filter((element) => stays(element) && element.localName !== "th" && shown(element) && !element.closest(".visually-hidden, .skip-link, dialog:not([open])"));
    const boxes = there.map((element) => [element, element.getBoundingClientRect()]).filter(([, box]) => box.width > 2 && box.height > 2 && box.top < innerHeight && box.bottom > 0);
    const covers = ([element, box], [other, its]) => {
      const both = !element.contains(other) && !other.contains(element) && cut(box, its);
      if (!both) return false;
      /* Room that is left free for it is not covered: what counts is what stands there of the lower one. */
      const above = document.elementFromPoint((both.left + both.right) / 2, (both.top + both.bottom) / 2);
      const [lower, upper] = above && element.contains(above) ? [other, box] : [element, its];
      const parts = [...texts(lower)].flatMap(([, , lines]) => lines.map(middle));
      parts.push(...all(FOCUSABLE, lower).filter(shown).map((part) => part.getBoundingClientRect()));
      return parts.some((part) => cut(part, upper));
    };
    return boxes.flatMap((one, number) => boxes.slice(number + 1).filter((other) => covers(one, other)).map(([other]) => `stays over another: ${path(one[0])} and ${path(other)}`));
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

  return { prepare, wear, inLooks, turned, looked, opened, overflow, clipped, narrow, covering, focus, follow, left };
})();

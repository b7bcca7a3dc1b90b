/* Everything that the page says without brackets: a list of "where: text". Data is told apart by `translate="no"`, by a
   language of its own (names of languages), by elements that hold no words and by the patterns that are handed in. */
([names, root]) => {
  const silent = "script, style, code, kbd, samp, var, time, data, noscript, [translate='no'], [lang]:not(html), svg[aria-hidden='true']";
  const read = ["aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "title", "placeholder", "alt", "label"];
  const data = names.map((name) => new RegExp(name, "gu"));
  const found = [];
  let depth = 0;

  /* A sentence with a link in it is several nodes between one pair of brackets. */
  const outside = (text) => {
    let rest = "";
    for (const letter of text) {
      if (letter === "⟧") depth--;
      else if (letter === "⟦") depth++;
      else if (depth === 0) rest += letter;
    }
    return rest;
  };
  const words = (text) => /\p{L}{2,}/u.test(data.reduce((left, name) => left.replace(name, " "), text));
  const note = (where, text) => {
    const rest = outside(text);
    if (words(rest)) found.push(`${where}: ${text.trim()}`);
  };
  const path = (element) => !element ? "template" : [element.closest("[id]")?.id, element.localName, element.className].filter(Boolean).join(" ");

  const look = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return note(path(node.parentElement), node.data);
    if (node.nodeType === Node.ELEMENT_NODE) {
      const before = depth;
      depth = 0;
      for (const { name, value } of node.attributes) {
        const sentence = name.startsWith("data-") && /^\p{Lu}\p{Ll}+ \p{L}/u.test(value);
        const pressed = name === "value" && node.matches("input[type=submit], input[type=button], input[type=reset]");
        if ((read.includes(name) && !node.closest("[translate='no']")) || sentence || pressed) note(`${path(node)} ${name}`, value);
        depth = 0;
      }
      depth = before;
      if (node.matches(silent)) return;
    }
    for (const child of (node.localName === "template" ? node.content : node).childNodes) look(child);
  };
  look(root ? new DOMParser().parseFromString(root, "text/html").documentElement : document.documentElement);
  if (depth !== 0) found.push(`brackets do not match: ${depth}`);
  return found;
}

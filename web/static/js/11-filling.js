/* Texts are filled here and nowhere else. Values are set apart so that neither turns the order of the other: as
   core/i18n/isolation.py does, which says why. */
const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const balanced = (text) => {
  let depth = 0;
  const kept = [...text.replace(/[\u202a-\u202e]/g, "")].filter((character) => {
    if (character === "\u2069") return depth > 0 && depth--;
    if (/[\u2066-\u2068]/.test(character)) depth++;
    return true;
  });
  return kept.join("") + "\u2069".repeat(depth);
};

/* A value as it stands within `text`, a text of the page's language; a number is written as that language does. */
const numbers = new Intl.NumberFormat(html.lang, { numberingSystem: "latn" });
function apart(value, text = "") {
  if (typeof value === "number" && value >= 0) return numbers.format(value);
  const shown = String(value);
  return shown && (html.dir === "rtl" || TURNS.test(shown) || TURNS.test(text)) ? `\u2068${balanced(shown)}\u2069` : shown;
}

const filled = (text, values) => text.replace(/\{([a-z][a-z0-9_]*)\}/g, (found, name) => (name in values ? apart(values[name], text) : found));

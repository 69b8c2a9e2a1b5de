// Names of tokens beside what is drawn: any text, in any script, of any length.

/** Nothing that is drawn has room for more letters. */
const MOST_LETTERS = 100;
/** Letters as readers see them: an emoji of many parts is one. */
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The text cut to a width, with an ellipsis where something is missing.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function fitText(text, width, measure) {
  if (text.length <= MOST_LETTERS && measure(text) <= width) return text;
  const kept = Array.from(letters.segment(text.slice(0, 8 * MOST_LETTERS)), ({ segment }) => segment);
  kept.length = Math.min(kept.length, MOST_LETTERS);
  while (kept.length > 1 && measure(`${kept.join("")}…`) > width) kept.pop();
  return `${kept.join("")}…`;
}

/** A token inside a sentence: kept apart, so that one that is read from right to left can't turn the rest around. @param {string} text */
export const quoted = (text) => `“\u2068${text}\u2069”`;

// What clicks and keys mean on maps.

/**
 * @typedef {import("./bus.js").Held} Lit a cell, or a row or column alone
 * @typedef {import("./columns.js").Counts} Counts
 */

/** What is held after a click on a cell, or on a row or column: a second click lets go. @param {Lit} held @param {Lit} clicked @returns {Lit} */
export function afterPress(held, clicked) {
  return held.query === clicked.query && held.key === clicked.key ? { query: null, key: null } : clicked;
}

/** From a label (null) and along the cells. @param {number | null} at @param {number} step @param {number} count */
const stepped = (at, step, count) => {
  const next = (at ?? -1) + step;
  return next < 0 ? null : Math.min(count - 1, next);
};

/**
 * What is held after a key, or null for keys that mean nothing here. Left of the first column and above the first row are
 * the labels: of a row or a column alone.
 * @param {Lit} held
 * @param {string} pressed
 * @param {Counts} counts
 * @returns {Lit | null}
 */
export function afterArrow(held, pressed, counts) {
  const { query, key } = held;
  const free = query === null && key === null;
  const across = { ArrowLeft: -1, ArrowRight: 1 }[pressed];
  const down = { ArrowUp: -1, ArrowDown: 1 }[pressed];
  /** @type {Lit} */
  let next;
  if (pressed === "Escape") return { query: null, key: null };
  if (free) return across || down || pressed === "Home" ? { query: 0, key: 0 } : null;
  if (across) next = { query, key: stepped(key, across, counts.key) };
  else if (down) next = { query: stepped(query, down, counts.query), key };
  else if (pressed === "Home") next = { query, key: 0 };
  else if (pressed === "End") next = { query, key: counts.key - 1 };
  else return null;
  return next.query === null && next.key === null ? held : next;
}

// What pointing, clicking and keys mean in two columns of tokens.

/**
 * @typedef {import("./bus.js").Side} Side
 * @typedef {import("./bus.js").Held} Held
 * @typedef {{query: number, key: number}} Counts how many tokens each column has
 * @typedef {{left: number, right: number, width: number}} Edges where the columns end and begin
 * @typedef {{first: number, last: number}} Rows from the first to before the last
 */

/** The height of a token, in px. */
export const ROW = 20;
/** The most rows of which a saved picture has all, and not only those in view. */
const MOST_SAVED = 200;

/** @param {number} width @param {number} numbers of the column of numbers @returns {Edges} all in px */
export function columnEdges(width, numbers) {
  const column = Math.min(150, Math.max(70, width * 0.28));
  return { left: column, right: width - column - numbers, width };
}

/** Where links end, so that they leave out the numbers beside the column of a side. @param {Edges} edges @param {Side} side @param {number} numbers the width of those @returns {Edges} */
export const edgesBeside = (edges, side, numbers) =>
  side === "query" ? { ...edges, left: edges.left + numbers } : edges;

/** A token's place: x, y, width, height. @param {Edges} edges @param {Side} side @param {number} token @returns {[number, number, number, number]} */
export const boxOf = ({ left, right }, side, token) => [side === "query" ? 0 : right, token * ROW + 1, left, ROW - 2];

/** The rows in view, of the longer column. @param {number} top px above it @param {number} height @param {number} count @returns {Rows} */
export const rowsInView = (top, height, count) => ({
  first: Math.floor(top / ROW),
  last: Math.min(count, Math.ceil((top + height) / ROW)),
});

/** The rows of a saved picture: all of a text of ordinary length, those in view of a longer one. @param {number} top @param {number} height @param {number} count @returns {Rows} */
export function rowsToSave(top, height, count) {
  if (count <= MOST_SAVED) return { first: 0, last: count };
  const first = Math.floor(top / ROW);
  return { first, last: Math.min(count, first + Math.ceil(height / ROW)) };
}

/** How far a column is scrolled so that a token can be seen. @param {number} top now @param {number} height in view @param {number} token */
export const scrolledTo = (top, height, token) => Math.min(token * ROW, Math.max(top, (token + 1) * ROW - height));

/** A frame around a token. @param {CanvasRenderingContext2D} context @param {Edges} edges @param {Side} side @param {number} token @param {string} colour */
export function frameToken(context, edges, side, token, colour) {
  const [x, y, width, height] = boxOf(edges, side, token);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(x + 1, y, width - 2, height);
}

/**
 * The token and side at a point: the left column is the queries', the right one the keys'.
 * @param {number} x
 * @param {number} y below the top of the whole list
 * @param {{left: number, right: number}} edges where the columns end and begin
 * @param {Counts} counts
 * @returns {{side: Side, token: number} | null}
 */
export function tokenAt(x, y, { left, right }, counts) {
  const token = Math.floor(y / ROW);
  const side = x <= left ? "query" : "key";
  if (side === "key" && x < right) return null;
  return token >= 0 && token < counts[side] ? { side, token } : null;
}

/**
 * What is held after a click: a second click lets go; a key beside a held query makes a pair.
 * @param {Held} held
 * @param {{side: Side, token: number}} clicked
 * @returns {Held}
 */
export function afterClick(held, { side, token }) {
  if (side === "key") return { ...held, key: held.key === token ? null : token };
  return held.query === token ? { query: null, key: null } : { query: token, key: null };
}

/**
 * What is held after a key, or null for keys that mean nothing here.
 * @param {Held} held
 * @param {string} pressed
 * @param {Counts} counts
 * @returns {Held | null}
 */
export function afterKey(held, pressed, counts) {
  const onQueries = held.query !== null || held.key === null;
  const token = (onQueries ? held.query : held.key) ?? -1;
  /** @param {number} next */
  const moved = (next, queries = onQueries) => {
    const inside = Math.min((queries ? counts.query : counts.key) - 1, Math.max(0, next));
    return queries ? { query: inside, key: null } : { query: null, key: inside };
  };
  switch (pressed) {
    case "Escape":
      return { query: null, key: null };
    case "ArrowDown":
      return moved(token + 1);
    case "ArrowUp":
      return moved(token < 0 ? 0 : token - 1);
    case "Home":
      return moved(0);
    case "End":
      return moved(Infinity);
    case "ArrowLeft":
      return onQueries ? null : moved(token, true);
    case "ArrowRight":
      return onQueries && token >= 0 ? moved(token, false) : null;
    default:
      return null;
  }
}

/**
 * The first token from `from` on, and round again, whose text contains what is looked for; null when none does.
 * @param {{text: string}[]} items
 * @param {string} wanted
 * @param {number} from
 */
export function findToken(items, wanted, from) {
  const needle = wanted.trim().toLocaleLowerCase();
  if (!needle) return null;
  for (let step = 0; step < items.length; step++) {
    const at = (from + step) % items.length;
    if (items[at].text.toLocaleLowerCase().includes(needle)) return at;
  }
  return null;
}

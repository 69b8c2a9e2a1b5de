// What pointing, clicking and keys mean in two columns of tokens.

/**
 * @typedef {"query" | "key"} Side
 * @typedef {{query: number, key: number}} Counts how many tokens each column has
 */

/** The height of a token, in px. */
export const ROW = 20;

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
 * @param {{query: number | null, key: number | null}} held
 * @param {{side: Side, token: number}} clicked
 * @returns {{query: number | null, key: number | null}}
 */
export function afterClick(held, { side, token }) {
  if (side === "key") return { ...held, key: held.key === token ? null : token };
  return held.query === token ? { query: null, key: null } : { query: token, key: null };
}

/**
 * What is held after a key, or null for keys that mean nothing here.
 * @param {{query: number | null, key: number | null}} held
 * @param {string} pressed
 * @param {Counts} counts
 * @returns {{query: number | null, key: number | null} | null}
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

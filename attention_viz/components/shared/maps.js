// Attention maps as the server sends them: each weight as the square root of itself in one or two bytes.

/**
 * A weight from its byte: v = 255·√weight.
 * @param {number} byte
 */
export const fromByte = (byte) => (byte / 255) ** 2;

/**
 * A weight from two bytes: v = 65535·√weight, which is right to five decimals.
 * @param {number} word
 */
export const fromWord = (word) => (word / 65535) ** 2;

/**
 * One head's map among the layers that are here, or null. One byte a weight: for drawing.
 * @param {import("./bus.js").Bus} bus
 * @param {number} layer
 * @param {number} head
 * @returns {{queries: number, keys: number, bytes: Uint8Array} | null}
 */
export function coarseMap(bus, layer, head) {
  const parcel = bus.get("maps");
  if (!parcel || head < 0) return null;
  const { layers, heads, queries, keys } = parcel.header;
  const place = layers.indexOf(layer);
  if (place < 0) return null;
  const start = (place * heads + head) * queries * keys;
  return { queries, keys, bytes: parcel.payload.subarray(start, start + queries * keys) };
}

/**
 * The selected head's map with two bytes a weight, for numbers; null until it is here.
 * @param {import("./bus.js").Bus} bus
 * @returns {{queries: number, keys: number, words: Uint16Array} | null}
 */
export function exactMap(bus) {
  const parcel = bus.get("exact");
  if (!parcel || parcel.header.layer !== bus.shown.layer || parcel.header.head !== bus.shown.head) return null;
  const { queries, keys } = parcel.header;
  return { queries, keys, words: new Uint16Array(parcel.payload.buffer, parcel.payload.byteOffset, queries * keys) };
}

/**
 * The weights of one token of the selected head: its row (what a query looks at) or its column (what looks at a key).
 * @param {import("./bus.js").Bus} bus
 * @param {"query" | "key"} side
 * @param {number} token
 * @returns {{weights: Float64Array, exact: boolean} | null} not exact: good for colours, not for numbers
 */
export function weightsOf(bus, side, token) {
  const exact = exactMap(bus);
  const coarse = exact ? null : coarseMap(bus, bus.shown.layer, bus.shown.head);
  const map = exact ?? coarse;
  if (!map || token >= (side === "query" ? map.queries : map.keys)) return null;
  const count = side === "query" ? map.keys : map.queries;
  const read = exact
    ? (/** @type {number} */ place) => fromWord(exact.words[place])
    : (/** @type {number} */ place) => fromByte(/** @type {{bytes: Uint8Array}} */ (coarse).bytes[place]);
  const weights = Float64Array.from(
    { length: count },
    (_, other) => read(side === "query" ? token * map.keys + other : other * map.keys + token),
  );
  return { weights, exact: exact !== null };
}

// Attention maps as the server sends them: each weight as the square root of itself in one or two bytes. 0 is kept for
// what a query can't see (the future of a decoder, padding), which is not the same as a weight of 0.

/**
 * @typedef {{weights: Float64Array, hidden: Uint8Array, exact: boolean}} Weights what a token gives to, or gets from, the
 *   tokens of the other side; hidden is 1 where it can't look; not exact: good for colours, not for numbers
 * @typedef {import("./bus.js").Side} Side
 */

/**
 * A weight from its byte: v = 1 + 254·√weight.
 * @param {number} byte
 */
export const fromByte = (byte) => byte ? ((byte - 1) / 254) ** 2 : 0;

/**
 * A weight from two bytes: v = 1 + 65534·√weight, which is right to five decimals.
 * @param {number} word
 */
export const fromWord = (word) => word ? ((word - 1) / 65534) ** 2 : 0;

/**
 * Two bytes a number, from a parcel.
 * @param {Uint8Array} payload
 */
export const wordsOf = (payload) => new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1);

/**
 * Every step-th number from start on, so many of them.
 * @typedef {{numbers: Uint8Array | Uint16Array, start: number, count: number, step: number}} Slice
 */

/** @param {Slice} slice @returns {Weights} */
function read({ numbers, start, count, step }) {
  const exact = numbers instanceof Uint16Array;
  const from = exact ? fromWord : fromByte;
  const [weights, hidden] = [new Float64Array(count), new Uint8Array(count)];
  for (let at = 0; at < count; at++) {
    const number = numbers[start + at * step];
    weights[at] = from(number);
    hidden[at] = number ? 0 : 1;
  }
  return { weights, hidden, exact };
}

/**
 * From the selected head's map: whole rows of a band, then whole columns of one.
 * @param {import("./bus.js").Bus} bus
 * @param {Side} side
 * @param {number} token
 * @returns {Slice | null}
 */
function exactSlice(bus, side, token) {
  const parcel = bus.get("exact");
  const { layer, head, among } = bus.shown;
  if (parcel?.header.layer !== layer || parcel.header.head !== head || String(parcel.header.among) !== String(among)) {
    return null;
  }
  const { queries, keys, rows: [top, bottom], columns: [left, right] } = parcel.header;
  const numbers = wordsOf(parcel.payload);
  if (side === "query") {
    return token >= top && token < bottom ? { numbers, start: (token - top) * keys, count: keys, step: 1 } : null;
  }
  if (top === 0 && bottom === queries) {
    return token < keys ? { numbers, start: token, count: queries, step: keys } : null;
  }
  const start = (bottom - top) * keys + token - left;
  return token >= left && token < right ? { numbers, start, count: queries, step: right - left } : null;
}

/**
 * From what came with the held token: its row or column in every head of the layer.
 * @param {import("./bus.js").Bus} bus
 * @param {number | null} head
 * @param {Side} side
 * @param {number} token
 * @returns {Slice | null}
 */
function heldSlice(bus, head, side, token) {
  const parcel = bus.get("held");
  if (!parcel || head === null) return null;
  const { layer, heads, count } = parcel.header;
  if (layer !== bus.shown.layer || parcel.header.side !== side || parcel.header.token !== token || head >= heads) {
    return null;
  }
  return { numbers: wordsOf(parcel.payload), start: head * count, count, step: 1 };
}

/**
 * From the maps of whole layers, one byte a weight: all rows, or a band of them in long texts.
 * @param {import("./bus.js").Bus} bus
 * @param {number | null} head
 * @param {Side} side
 * @param {number} token
 * @returns {Slice | null}
 */
function coarseSlice(bus, head, side, token) {
  const parcel = bus.get("maps");
  if (!parcel || head === null) return null;
  const { layers, heads, queries, keys, rows: [top, bottom] } = parcel.header;
  const place = layers.indexOf(bus.shown.layer);
  if (place < 0) return null;
  const [numbers, start] = [parcel.payload, (place * heads + head) * (bottom - top) * keys];
  if (side === "query") {
    return token >= top && token < bottom
      ? { numbers, start: start + (token - top) * keys, count: keys, step: 1 }
      : null;
  }
  const whole = top === 0 && bottom === queries && token < keys;
  return whole ? { numbers, start: start + token, count: queries, step: keys } : null;
}

/**
 * From the best of what is here.
 * @param {import("./bus.js").Bus} bus
 * @param {number | null} head
 * @param {Side} side
 * @param {number} token
 */
const bestSlice = (bus, head, side, token) =>
  (head === bus.shown.head ? exactSlice(bus, side, token) : null) ??
    heldSlice(bus, head, side, token) ?? coarseSlice(bus, head, side, token);

/**
 * The mean of what several heads give; null while one of them is not here. What none of them sees is hidden.
 * @param {(Weights | null)[]} every
 * @returns {Weights | null}
 */
export function meanOf(every) {
  const here = every.filter((one) => one !== null);
  if (!here.length || here.length < every.length) return null;
  const count = here[0].weights.length;
  const [weights, hidden] = [new Float64Array(count), new Uint8Array(count).fill(1)];
  for (const one of here) {
    one.weights.forEach((weight, at) => weights[at] += weight / here.length);
    one.hidden.forEach((away, at) => hidden[at] &= away);
  }
  return { weights, hidden, exact: here.every(({ exact }) => exact) };
}

/**
 * The weights of one token in a head of the layer on screen: its row (what a query looks at) or its column (what looks
 * at a key), from the best of what is here; null when nothing is. The mean of chosen heads comes from those until its own
 * map is here.
 * @param {import("./bus.js").Bus} bus
 * @param {number | null} head
 * @param {Side} side
 * @param {number} token
 * @returns {Weights | null}
 */
export function headWeights(bus, head, side, token) {
  const slice = bestSlice(bus, head, side, token);
  if (slice) return read(slice);
  return head === null ? meanOf(bus.shown.among.map((one) => headWeights(bus, one, side, token))) : null;
}

/**
 * Does a query of a head see one key alone? Its weight is 1 whatever the head does. False while its row is not here.
 * @param {import("./bus.js").Bus} bus
 * @param {number | null} head
 * @param {number} query
 */
export function seesOne(bus, head, query) {
  const slice = bestSlice(bus, head, "query", query);
  if (!slice) return false;
  const { numbers, start, count } = slice;
  for (let at = 0, seen = 0; at < count; at++) {
    if (numbers[start + at] && ++seen > 1) return false;
  }
  return true;
}

/**
 * The same of the selected head.
 * @param {import("./bus.js").Bus} bus
 * @param {Side} side
 * @param {number} token
 */
export const weightsOf = (bus, side, token) => headWeights(bus, bus.shown.head, side, token);

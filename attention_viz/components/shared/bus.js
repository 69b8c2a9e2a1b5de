// What all live views of a page share: which head is selected, what is held or pointed at, and the data that the server
// sent. Each view carries its own copy of this code; the one object lives on the window, so they all see the same.

/**
 * @typedef {{
 *   trace: string, layer: number | null, head: number | null, among: number[], query: number | null, key: number | null,
 * }} Shown what the server knows to be on screen; among: of a mean (no head), the heads that it is taken over, none for
 *   all; query and key are the held tokens
 * @typedef {{side: "query" | "key", token: number} | null} Hover the token under the pointer, and on which side
 * @typedef {Record<string, any> & {trace: string}} Header
 * @typedef {{header: Header, payload: Uint8Array}} Parcel
 * @typedef {ReturnType<typeof createBus>} Bus
 */

/** How long a choice made here outweighs an answer of the server that does not know of it yet, in ms. */
const PATIENCE = 1500;

/** The bus of this window. @returns {Bus} */
export function sharedBus() {
  const scope = /** @type {{attentionViz?: Bus}} */ (/** @type {unknown} */ (globalThis));
  scope.attentionViz ??= createBus();
  return scope.attentionViz;
}

/** A bus of its own; `now` tells the time in ms. */
export function createBus(now = () => Date.now()) {
  /** @type {Shown} */
  let shown = { trace: "", layer: 0, head: 0, among: [], query: null, key: null };
  /** @type {Hover} */
  let hover = null;
  let chosenAt = -Infinity;
  /** @type {Map<string, Parcel>} */
  const parcels = new Map();
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const tell = () => listeners.forEach((listener) => listener());

  return {
    get shown() {
      return shown;
    },
    get hover() {
      return hover;
    },
    /** The token that everything else steps back for: the one pointed at, else the one held. @returns {Hover} */
    get focus() {
      if (hover) return hover;
      if (shown.query !== null) return { side: "query", token: shown.query };
      return shown.key === null ? null : { side: "key", token: shown.key };
    },

    /** Takes what the server says. A choice that it can't know of yet stays. @param {Shown} next */
    accept(next) {
      if (next.trace === shown.trace && now() - chosenAt < PATIENCE) return;
      if (next.trace !== shown.trace) hover = null;
      const { trace, layer, head, among, query, key } = next;
      shown = { trace, layer, head, among, query, key };
      tell();
    },

    /** A choice made in the browser: every view follows at once. @param {Partial<Shown>} change */
    choose(change) {
      chosenAt = now();
      shown = { ...shown, ...change };
      tell();
    },

    /** @param {Hover} next */
    point(next) {
      if (next?.side === hover?.side && next?.token === hover?.token) return;
      hover = next;
      tell();
    },

    /** Keeps a parcel under its kind, in place of an older one. @param {string} kind @param {Parcel} parcel */
    put(kind, parcel) {
      parcels.set(kind, parcel);
      tell();
    },

    /** The parcel of a kind, if it belongs to the trace on screen. @param {string} kind @returns {Parcel | null} */
    get(kind) {
      const parcel = parcels.get(kind);
      return parcel && parcel.header.trace === shown.trace ? parcel : null;
    },

    /** Calls `listener` after every change. @param {() => void} listener @returns {() => void} ends that */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// What the live views of a page have in common: which head is selected, what is held or pointed at, and the data that the
// host gave them. A host makes one and hands it to its views, so what two hosts show has nothing to do with each other.

/**
 * @typedef {"query" | "key"} Side
 * @typedef {{query: number | null, key: number | null}} Held the tokens that are held
 * @typedef {{
 *   trace: string, layer: number | null, head: number | null, among: number[], held: Held, settings?: Record<string, any>,
 * }} Shown what is on screen; among: of a mean (no head), the heads that it is taken over, none for all; settings: how views
 *   are set, each under a name of its own; a view has usual ones where there are none
 * @typedef {Shown & {answers: number}} Answer what the host says is on screen, when it knew of the choices up to this number
 * @typedef {{tell: import("./view.js").Tell, name: string, value: unknown, rest?: number}} Said what the host is told of a
 *   choice; rest: how long others of the same name must stay away before it is, in ms
 * @typedef {{side: Side, token: number} | null} Hover the token under the pointer, and on which side
 * @typedef {Record<string, any> & {trace: string}} Header
 * @typedef {{header: Header, payload: Uint8Array}} Parcel
 * @typedef {ReturnType<typeof createBus>} Bus
 */

/** Nothing is held. @type {Held} */
export const NOTHING = { query: null, key: null };

export function createBus() {
  /** @type {Shown} */
  let shown = { trace: "", layer: 0, head: 0, among: [], held: NOTHING };
  /** @type {Hover} */
  let hover = null;
  // The numbers of the latest choice made here, and of the latest that the host was told of.
  let [latest, told] = [0, 0];
  // The last answer that came, whether it was taken or not.
  let heard = { answers: 0, said: "" };
  /** A choice that the host is not told of yet. @type {(Said & {timer: ReturnType<typeof setTimeout> | undefined}) | null} */
  let waiting = null;
  /** @type {Map<string, Parcel>} */
  const parcels = new Map();
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const changed = () => listeners.forEach((listener) => listener());

  const send = () => {
    if (!waiting) return;
    const { tell, name, value, timer } = waiting;
    clearTimeout(timer);
    waiting = null;
    told = latest;
    tell(name, value);
  };

  /**
   * Counts this, is it what has to be on screen? Not when it doesn't know of the latest choice yet: its answer is still to come. But
   * other data is always meant, and so is what changed although the host heard nothing new: somebody went back in the
   * history, or a choice was lost on its way. Behind: the answer to a choice made meanwhile is still to come.
   * @param {Answer} next
   */
  const judged = ({ answers, ...next }) => {
    if (answers < heard.answers) return { counts: false, behind: true }; // From a view that was left behind.
    const said = JSON.stringify(next);
    const news = answers === heard.answers && said !== heard.said;
    heard = { answers, said };
    const behind = answers < latest && !news;
    return { counts: !behind || next.trace !== shown.trace, behind };
  };

  return {
    get shown() {
      return shown;
    },
    get hover() {
      return hover;
    },
    /** The number of the last choice that the host was told of: a host sends it along with all that it is told. */
    get told() {
      return told;
    },
    /** The token that everything else steps back for: the one pointed at, else the one held. @returns {Hover} */
    get focus() {
      if (hover) return hover;
      const { query, key } = shown.held;
      if (query !== null) return { side: "query", token: query };
      return key === null ? null : { side: "key", token: key };
    },

    /** Takes what the host says is on screen, or leaves it. @param {Answer} answer */
    accept({ answers, ...next }) {
      const { counts, behind } = judged({ answers, ...next });
      if (!counts) return;
      // A new bus goes on from where the host is: a smaller number than that would never be heard of.
      [latest, told] = [Math.max(latest, answers), Math.max(told, answers)];
      if (next.trace !== shown.trace) hover = null;
      // Settings hold for any text: what was set meanwhile is not taken back by what comes for another reason.
      shown = waiting || behind ? { ...next, settings: shown.settings } : next;
      changed();
    },

    /**
     * A choice: every view follows at once, and the host is told in the order in which choices were made.
     * @param {Partial<Shown>} change
     * @param {Said} said
     */
    choose(change, said) {
      if (waiting && !(waiting.tell === said.tell && waiting.name === said.name)) send();
      clearTimeout(waiting?.timer);
      latest++;
      shown = { ...shown, ...change };
      waiting = { ...said, timer: said.rest ? setTimeout(send, said.rest) : undefined };
      changed();
      if (!said.rest) send();
    },

    /** What a view that ends has not said yet stays unsaid. @param {import("./view.js").Tell} tell */
    drop(tell) {
      if (waiting?.tell !== tell) return;
      clearTimeout(waiting.timer);
      waiting = null;
      latest = told;
    },

    /** @param {Hover} next */
    point(next) {
      if (next?.side === hover?.side && next?.token === hover?.token) return;
      hover = next;
      changed();
    },

    /** Keeps a parcel under its kind, in place of an older one. @param {string} kind @param {Parcel} parcel */
    put(kind, parcel) {
      const { mark } = parcel.header;
      if (mark !== undefined && parcels.get(kind)?.header.mark === mark) return;
      parcels.set(kind, parcel);
      changed();
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

// Numbers of the heads: what the server sent, and how the grid tells of them in words.

import { element, find, replaceChildren } from "../lib/dom.js";
import { format, headName } from "../lib/numbers.js";
import { indexOf, ranked } from "./places.js";

/**
 * @typedef {import("./drawing.js").Score} Score
 * @typedef {import("./drawing.js").Tint} Tint
 * @typedef {import("./places.js").Place} Place
 */

const RANKED = 8;
/** What the colours of small maps mean. */
export const MAPS = { low: 0, high: 1, unit: "", curve: "sqrt", label: "attention weight" };

/** Every number of every place, by what it is. @param {import("../lib/bus.js").Bus} bus @returns {Score[]} */
export function scoresOf(bus) {
  const parcel = bus.get("scores");
  if (!parcel) return [];
  const { tints, layers, heads } = parcel.header;
  const all = new Float32Array(parcel.payload.buffer, parcel.payload.byteOffset, parcel.payload.byteLength / 4);
  const size = layers * heads + layers + 1;
  return tints.map((/** @type {Tint} */ tint, /** @type {number} */ at) => ({
    tint,
    values: all.subarray(at * size, (at + 1) * size),
  }));
}

/** What the colours mean. @param {Score | null} score @param {import("../lib/bus.js").Parcel | null} thumbs */
export function meaning(score, thumbs) {
  const { label, curve } = score?.tint ?? MAPS;
  const colours = `${label}, ${curve === "sqrt" ? "square-root" : "linear"} colours`;
  if (score) return colours;
  const hidden = thumbs?.payload.includes(0) ? "; hatched where a query can't see" : "";
  return `${colours}; query down, key across${hidden}`;
}

/**
 * A head with its measures.
 * @param {Place} place
 * @param {number[]} among of a mean, the heads that it is taken over
 * @param {Score[]} scores
 * @param {{layers: number, heads: number}} model
 */
export function summary({ layer, head }, among, scores, { layers, heads }) {
  const at = indexOf({ layer, head }, layers, heads);
  // The grid holds the mean of all heads of a layer; the measures of a chosen mean stand with its facts.
  const parts = among.length ? [] : scores.map(({ tint, values }) => {
    const value = Number.isNaN(values[at]) ? null : values[at];
    return `${tint.label} ${format(value, tint.unit)}`;
  });
  return [headName(layer, head, among), ...parts].join(" · ");
}

/**
 * The heads with the highest numbers, to choose from.
 * @param {HTMLElement} box
 * @param {Score} score
 * @param {{layers: number, heads: number}} model
 * @param {Place} selected
 * @param {(place: Place) => void} choose
 */
export function drawRanking(box, { tint, values }, { layers, heads }, selected, choose) {
  find(box, "h4").textContent = "Highest";
  const rows = ranked(values, layers, heads, RANKED).map((place) => {
    const row = element("li");
    const button = element("button");
    button.append(element("span", "", `L${place.layer} H${place.head}`), element("span", "", format(place.value)));
    const current = place.layer === selected.layer && place.head === selected.head;
    button.setAttribute("aria-current", String(current));
    button.title = `${tint.label}: ${format(place.value, tint.unit)}`;
    button.onclick = () => choose(place);
    row.append(button);
    return row;
  });
  replaceChildren(find(box, "ol"), rows);
}

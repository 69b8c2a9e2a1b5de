// What is lit, in words.

import { quoted } from "../lib/labels.js";
import { strongest } from "../lib/links.js";
import { ABSENT, HIDDEN, labelText, PANELS, SEEN } from "./comparison.js";
import { cellText } from "./map_drawing.js";

/**
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("./comparison.js").Side} Side
 * @typedef {import("./window.js").Lit} Lit
 */

/** How many tokens are named of a row or a column. */
const NAMED = 3;
const NAMES = { a: "A", b: "B", difference: "B − A" };
const ABSENCE = { a: "not in A", b: "not in B", difference: "no difference" };

/** @param {Comparison} comparison @param {Side} side @param {number} token */
const nameOf = (comparison, side, token) => quoted(labelText(comparison.labels(side)[token], "difference"));

/**
 * The three numbers of a cell, or the strongest of a row or a column.
 * @param {Comparison} comparison
 * @param {Lit} lit
 */
export function sentence(comparison, { query, key }) {
  if (query !== null && key !== null) {
    const numbers = PANELS.map((panel) => {
      const cell = comparison.at(panel, query, key);
      return cell.state === ABSENT ? ABSENCE[panel] : `${NAMES[panel]} ${cellText(panel, cell)}`;
    });
    return `${nameOf(comparison, "query", query)} looks at ${nameOf(comparison, "key", key)}: ${numbers.join(" · ")}`;
  }
  const side = query !== null ? "query" : "key";
  const token = query ?? key;
  if (token === null) return "";
  const verb = side === "query" ? "looks most at" : "is looked at most by";
  return `${nameOf(comparison, side, token)} ${verb}: ${
    PANELS.map((panel) => part(comparison, panel, side, token)).join(" · ")
  }`;
}

/**
 * @param {Comparison} comparison
 * @param {import("./comparison.js").Panel} panel
 * @param {Side} side
 * @param {number} token
 */
function part(comparison, panel, side, token) {
  const { values, states } = comparison.line(panel, side, token);
  if (!states.includes(SEEN)) {
    const hidden = { value: 0, state: HIDDEN };
    return states.includes(HIDDEN) ? `${NAMES[panel]} ${cellText(panel, hidden)}` : ABSENCE[panel];
  }
  const other = side === "query" ? "key" : "query";
  const best = strongest(values.map(Math.abs), 1, 1e-4).keys.slice(0, NAMED);
  const told = best.map((at) => {
    const cell = { value: values[at], state: states[at] };
    return `${nameOf(comparison, other, at)} ${cellText(panel, cell, 2)}`;
  });
  return `${NAMES[panel]} ${told.join(", ") || "nothing"}`;
}

/**
 * What there is to say of the difference besides the map: null when the map says it all.
 * @param {Comparison} comparison
 * @param {{a: string, b: string}} titles
 */
export function remark(comparison, titles) {
  if (!comparison.overlaps) return "A and B have no token in common, so there is no difference to show.";
  if (!comparison.comparable) return "There is no cell that both sides can see, so there is no difference to show.";
  if (comparison.same) {
    return titles.a === titles.b ? "The same head: 0 everywhere." : "Both maps are the same: 0 everywhere.";
  }
  return comparison.alone ? "(A), (B): only on that side, and left out of the difference." : null;
}

// What is drawn of the links, in words.

import { strongest } from "../lib/links.js";
import { format, headName } from "../lib/numbers.js";
import { inOrder } from "./heads.js";

/** @typedef {import("./drawing.js").Drawing} Drawing */

/**
 * What a visitor has to know about the picture.
 * @param {Drawing} drawing
 * @param {number | null} missing the share of the attention that is not drawn, null when its maps are not here
 */
export function noteOf({ on, bus, wishes }, missing) {
  const notes = [];
  if (!on.size) notes.push("No head is on.");
  else if (missing === null) notes.push("The maps of these rows are on their way …");
  else if (!bus.focus) notes.push(`${Math.round(100 * missing)} % of the attention of the rows in view is not drawn.`);
  if (wishes.hide && on.size) {
    notes.push(
      wishes.again
        ? "Special tokens are left out and rows made to add up to 1 again."
        : "Special tokens are left out, so rows no longer add up to 1.",
    );
  }
  return notes.join(" ");
}

/** What the token in focus looks at, or what looks at it; empty without one. @param {Drawing} drawing */
export function sentenceOf(drawing) {
  const { bus, items, on } = drawing;
  if (!bus.focus || !on.size) return "";
  const { side, token } = bus.focus;
  const { layer, among } = bus.shown;
  const direction = side === "query" ? "looks at" : "is looked at by";
  const name = `${token} “${items[side][token].text}” ${direction}`;
  const heads = inOrder(on);
  const who = heads.length === 1
    ? headName(layer, heads[0], among)
    : `The mean of ${heads.map((head) => `H${head}`).join(", ")} in L${layer}`;
  const mean = drawing.mean(side, token);
  if (!mean) return `${name} …`;
  // Colours take one byte a weight, numbers two: those come with what is held.
  if (!mean.exact) return heads.length === 1 ? `${name} …` : `${who}: ${name} … Click to hold it for the numbers.`;
  const others = items[side === "query" ? "key" : "query"];
  const best = strongest(mean.weights, 1, 0).keys.slice(0, 4);
  return `${who}: ${name} ${best.map((at) => `${others[at].text} ${format(mean.weights[at])}`).join(", ")}`;
}

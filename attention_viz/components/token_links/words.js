// What is drawn of the links, in words.

import { quoted } from "../lib/labels.js";
import { strongest } from "../lib/links.js";
import { format, headName } from "../lib/numbers.js";

/** @typedef {import("./drawing.js").Drawing} Drawing */

/**
 * What a visitor has to know about the picture.
 * @param {Drawing} drawing
 * @param {import("./drawing.js").Shares | null} shares how much of the attention is drawn, null when its maps are not here
 */
export function noteOf({ bus, items, settings }, shares) {
  const notes = [];
  if (shares === null) notes.push("The maps of these rows are on their way …");
  else {
    const percent = shares.total ? Math.round(100 * shares.drawn / shares.total) : 100;
    if (bus.focus) {
      const { side, token } = bus.focus;
      const what = `what ${quoted(items[side][token].text)} ${side === "query" ? "gives" : "gets"}`;
      notes.push(`The links drawn hold ${percent} % of ${what}; shading and numbers show all of it.`);
    } else notes.push(`${100 - percent} % of the attention of the rows in view is not drawn.`);
  }
  if (settings.hide) {
    notes.push(
      settings.again
        ? "Special tokens are left out and rows made to add up to 1 again."
        : "Special tokens are left out, so rows no longer add up to 1.",
    );
  }
  return notes.join(" ");
}

/** What the token in focus looks at, or what looks at it; empty without one. @param {Drawing} drawing */
export function sentenceOf(drawing) {
  const { bus, items, on } = drawing;
  if (!bus.focus) return "";
  const { side, token } = bus.focus;
  const { layer, among } = bus.shown;
  const direction = side === "query" ? "looks at" : "is looked at by";
  const name = `${token} “${items[side][token].text}” ${direction}`;
  const who = on.length === 1
    ? headName(layer, on[0], among)
    : `The mean of ${on.map((head) => `H${head}`).join(", ")} in L${layer}`;
  const mean = drawing.mean(side, token);
  if (!mean) return `${name} …`;
  // Colours take one byte a weight, numbers two: those come with what is held.
  if (!mean.exact) return on.length === 1 ? `${name} …` : `${who}: ${name} … Click to hold it for the numbers.`;
  const others = items[side === "query" ? "key" : "query"];
  const order = strongest(mean.weights, 1, 0).keys;
  const best = (side === "key" ? order.filter((query) => !drawing.saysNothing(query)) : order).slice(0, 4);
  return `${who}: ${name} ${best.map((at) => `${others[at].text} ${format(mean.weights[at])}`).join(", ")}`;
}

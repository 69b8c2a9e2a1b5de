// Beside a long text: where along it the attention is, and which part is in view.

import { ROW } from "../lib/columns.js";
import { prepare } from "../lib/dom.js";
import { strength } from "../lib/links.js";

const WIDTH = 14;

/**
 * @param {HTMLCanvasElement} canvas hidden where all is in view
 * @param {import("./drawing.js").Drawing} drawing
 * @param {{top: number, height: number, count: number}} view of the longer column: px above what is in view, px of it, tokens
 */
export function drawMinimap(canvas, { shaded, colours }, { top, height, count }) {
  const whole = count * ROW;
  canvas.hidden = whole <= height;
  if (canvas.hidden) return;
  const context = prepare(canvas, WIDTH, height);
  if (shaded) {
    context.fillStyle = shaded.side === "key" ? colours.accent : colours.other;
    const step = Math.max(1, height / count);
    shaded.weights.forEach((weight, at) => {
      if (weight < 0.005) return;
      context.globalAlpha = strength(weight);
      context.fillRect(0, at / count * height, WIDTH, step);
    });
    context.globalAlpha = 1;
  }
  context.strokeStyle = colours.text;
  context.strokeRect(0.5, top / whole * height + 0.5, WIDTH - 1, height / whole * height - 1);
}

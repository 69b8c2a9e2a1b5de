// What a query can't see is hatched: it is not the same as a weight of 0.

/** Between two lines, in px. */
const STEP = 5;

/**
 * Diagonal lines over a rectangle, in the current stroke colour.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
export function hatch(context, x, y, width, height) {
  context.lineWidth = 1;
  context.beginPath();
  for (let at = STEP; at < width + height; at += STEP) {
    const [low, high] = [Math.max(0, at - height), Math.min(width, at)];
    context.moveTo(x + low, y + at - low);
    context.lineTo(x + high, y + at - high);
  }
  context.stroke();
}

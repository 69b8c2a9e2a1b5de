// Saves what a view shows as SVG or PNG.

import { SvgPen } from "./pen.js";

/**
 * @typedef {{
 *   width: number, height: number, background: string, name: string,
 *   paint: (context: CanvasRenderingContext2D) => void,
 * }} Picture
 */

const SHARPNESS = 3;

/** Hands a file to the browser. @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {Picture} picture */
export function saveSvg({ width, height, background, name, paint }) {
  const ruler = document.createElement("canvas").getContext("2d");
  const pen = new SvgPen(width, height, background, ruler);
  paint(/** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (pen)));
  download(new Blob([pen.toString()], { type: "image/svg+xml" }), `${name}.svg`);
}

/** @param {Picture} picture */
export function savePng({ width, height, background, name, paint }) {
  const canvas = document.createElement("canvas");
  canvas.width = width * SHARPNESS;
  canvas.height = height * SHARPNESS;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  paint(context);
  canvas.toBlob((blob) => blob && download(blob, `${name}.png`));
}

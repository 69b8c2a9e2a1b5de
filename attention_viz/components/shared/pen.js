// Pictures that leave: the same drawing code writes SVG when it is given this instead of a canvas context.

/** @param {unknown} text for XML, in text and in attributes */
export function escapeXml(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // XML has no way to write control characters.
  // deno-lint-ignore no-control-regex
  const clean = String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  return clean.replace(/[&<>"]/g, (mark) => names[/** @type {"&"} */ (mark)]);
}

/** @param {number} number */
const short = (number) => String(Math.round(number * 100) / 100);

/** The part of a canvas context that the live views draw with. */
export class SvgPen {
  /** @param {number} width @param {number} height @param {string} background @param {CanvasRenderingContext2D | null} ruler */
  constructor(width, height, background, ruler) {
    this.width = width;
    this.height = height;
    this.background = background;
    this.ruler = ruler;
    this.fillStyle = "#000";
    this.strokeStyle = "#000";
    this.lineWidth = 1;
    this.globalAlpha = 1;
    this.font = "12px sans-serif";
    this.textAlign = "left";
    this.textBaseline = "middle";
    this.imageSmoothingEnabled = false;
    /** @type {string[]} */
    this.parts = [];
    this.path = "";
    this.down = 0;
  }

  /** @param {string} text */
  measureText(text) {
    if (!this.ruler) return { width: 7 * text.length };
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  /** @param {number} _ @param {number} y */
  translate(_, y) {
    this.down += y;
  }

  alpha() {
    return this.globalAlpha === 1 ? "" : ` opacity="${short(this.globalAlpha)}"`;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  box(x, y, width, height) {
    return `x="${short(x)}" y="${short(y + this.down)}" width="${short(width)}" height="${short(height)}"`;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.parts.push(`<rect ${this.box(x, y, width, height)} fill="${escapeXml(this.fillStyle)}"${this.alpha()}/>`);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  strokeRect(x, y, width, height) {
    const line = `stroke="${escapeXml(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"`;
    this.parts.push(`<rect ${this.box(x, y, width, height)} fill="none" ${line}${this.alpha()}/>`);
  }

  beginPath() {
    this.path = "";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.path += `M${short(x)} ${short(y + this.down)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path += `L${short(x)} ${short(y + this.down)}`;
  }

  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const points = [[a, b], [c, d], [x, y]].map(([left, top]) => `${short(left)} ${short(top + this.down)}`);
    this.path += `C${points.join(" ")}`;
  }

  stroke() {
    const line = `stroke="${escapeXml(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"`;
    this.parts.push(`<path d="${this.path}" fill="none" ${line}${this.alpha()}/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const anchor = { right: "end", center: "middle" }[this.textAlign] ?? "start";
    const [size, ...family] = this.font.split(" ");
    const font = `font-size="${parseFloat(size)}" font-family="${escapeXml(family.join(" "))}"`;
    const place = `x="${short(x)}" y="${short(y + this.down)}" text-anchor="${anchor}" dominant-baseline="central"`;
    this.parts.push(
      `<text ${place} ${font} fill="${escapeXml(this.fillStyle)}"${this.alpha()}>${escapeXml(text)}</text>`,
    );
  }

  /**
   * A part of a sheet, as a picture inside the picture.
   * @param {OffscreenCanvas} sheet
   * @param {number} left
   * @param {number} top
   * @param {number} wide
   * @param {number} high
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  drawImage(sheet, left, top, wide, high, x, y, width, height) {
    const cell = document.createElement("canvas");
    cell.width = wide;
    cell.height = high;
    const context = /** @type {CanvasRenderingContext2D} */ (cell.getContext("2d"));
    context.drawImage(sheet, left, top, wide, high, 0, 0, wide, high);
    const smooth = this.imageSmoothingEnabled ? "" : ' style="image-rendering:pixelated"';
    const source = cell.toDataURL("image/png");
    this.parts.push(`<image ${this.box(x, y, width, height)} preserveAspectRatio="none" href="${source}"${smooth}/>`);
  }

  /** The picture as the text of an SVG file. */
  toString() {
    const size = `width="${short(this.width)}" height="${short(this.height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${short(this.width)} ${short(this.height)}">` +
      `<rect width="100%" height="100%" fill="${escapeXml(this.background)}"/>${this.parts.join("")}</svg>`;
  }
}

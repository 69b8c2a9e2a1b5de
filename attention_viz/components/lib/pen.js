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
    /** Where the origin lies and how it is turned, in degrees; what is turned turns around the origin. */
    this.place = { across: 0, down: 0, turn: 0, groups: 0 };
    /** @type {(typeof this.place)[]} */
    this.places = [];
    this.clips = 0;
  }

  /** @param {string} text */
  measureText(text) {
    if (!this.ruler) return { width: 7 * text.length };
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  save() {
    this.places.push(this.place);
    this.place = { ...this.place, groups: 0 };
  }

  restore() {
    this.parts.push("</g>".repeat(this.place.groups));
    this.place = this.places.pop() ?? this.place;
  }

  /** Not after `rotate`. @param {number} x @param {number} y */
  translate(x, y) {
    this.place.across += x;
    this.place.down += y;
  }

  /** @param {number} angle in radians */
  rotate(angle) {
    this.place.turn += angle * 180 / Math.PI;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.path += "Z";
  }

  /** Until `restore`, nothing is drawn outside the path. */
  clip() {
    const name = `clip${this.clips++}`;
    this.parts.push(`<clipPath id="${name}"><path d="${this.path}"/></clipPath><g clip-path="url(#${name})">`);
    this.place.groups++;
  }

  turned() {
    const { across, down, turn } = this.place;
    return turn ? ` transform="rotate(${short(turn)} ${short(across)} ${short(down)})"` : "";
  }

  /** A point from the origin of the picture. @param {number} x @param {number} y */
  point(x, y) {
    return `${short(x + this.place.across)} ${short(y + this.place.down)}`;
  }

  alpha() {
    return this.globalAlpha === 1 ? "" : ` opacity="${short(this.globalAlpha)}"`;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  box(x, y, width, height) {
    const [left, top] = this.point(x, y).split(" ");
    return `x="${left}" y="${top}" width="${short(width)}" height="${short(height)}"${this.turned()}`;
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
    this.path += `M${this.point(x, y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path += `L${this.point(x, y)}`;
  }

  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const points = [[a, b], [c, d], [x, y]].map(([left, top]) => this.point(left, top));
    this.path += `C${points.join(" ")}`;
  }

  stroke() {
    const line = `stroke="${escapeXml(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"`;
    this.parts.push(`<path d="${this.path}" fill="none" ${line}${this.alpha()}${this.turned()}/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const anchor = { right: "end", center: "middle" }[this.textAlign] ?? "start";
    const [size, ...family] = this.font.split(" ");
    const font = `font-size="${parseFloat(size)}" font-family="${escapeXml(family.join(" "))}"`;
    const [left, top] = this.point(x, y).split(" ");
    const place = `x="${left}" y="${top}" text-anchor="${anchor}" dominant-baseline="central"${this.turned()}`;
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

  /** Another picture at the origin. @param {string} svg @param {number} width @param {number} height */
  embed(svg, width, height) {
    this.parts.push(`<svg ${this.box(0, 0, width, height)}>${svg}</svg>`);
  }

  /** The picture as the text of an SVG file. */
  toString() {
    const size = `width="${short(this.width)}" height="${short(this.height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${short(this.width)} ${short(this.height)}">` +
      `<rect width="100%" height="100%" fill="${escapeXml(this.background)}"/>${this.parts.join("")}</svg>`;
  }
}

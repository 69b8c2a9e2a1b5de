// Small helpers to build a page out of text that nobody vouches for: everything becomes text, never HTML.

/**
 * @param {string} tag
 * @param {string} [name] the class
 * @param {string} [text]
 */
export function element(tag, name = "", text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * The one element that matches, which has to be there.
 * @param {HTMLElement | ShadowRoot} parent
 * @param {string} selector
 */
export function find(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}

/**
 * Makes a canvas `width` × `height` CSS pixels large, sharp on this screen, and returns its emptied context.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function prepare(canvas, width, height) {
  const density = globalThis.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Puts other children into a box. The one in the place of the one that had the keyboard's focus gets it: replacing a
 * button that is in use would drop the keyboard on the floor.
 * @param {HTMLElement} box
 * @param {HTMLElement[]} children
 */
export function replaceChildren(box, children) {
  const root = /** @type {Document | ShadowRoot} */ (box.getRootNode());
  const active = [...box.querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (root.activeElement));
  box.replaceChildren(...children);
  if (active >= 0) box.querySelectorAll("button")[active]?.focus();
}

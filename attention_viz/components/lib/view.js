// What a live view and its host owe each other, and the life that all views have in common.
//
// The host puts a view's HTML and style into an element, makes a bus, or takes the one that its other views have, and calls
// `mount({ root, bus, tell, plotly })`. It gives the bus what is on screen (`bus.accept`) and parcels of data (`bus.put`), and the
// view its own data (`update`), as often as that changes. A view knows nothing else of where it is.

/**
 * @typedef {(name: string, value: unknown) => void} Tell what the host hears: at once, and for a choice through `bus.choose`
 * @typedef {{root: HTMLElement | ShadowRoot, bus: import("./bus.js").Bus, tell: Tell, plotly: () => Promise<Plotly>}} Host
 *   plotly: loads Plotly.js, when a view that draws with it asks for it first
 * @typedef {HTMLElement & {on: (event: string, hear: (change: Record<string, unknown>) => void) => void}} Plot an element
 *   that Plotly has drawn in
 * @typedef {{data: unknown[], layout: Record<string, any>, config: Record<string, unknown>}} Figure
 * @typedef {{
 *   react: (box: HTMLElement, figure: Figure) => Promise<Plot>, purge: (box: HTMLElement) => void,
 *   toImage: (figure: Figure, options: Record<string, unknown>) => Promise<string>,
 * }} Plotly the part of Plotly.js that views use
 * @typedef {{update: (data: any) => void, end: () => void}} View update: may be called at any time, and with the same again
 */

/**
 * A function that draws before the next frame: once, however often it is called until then.
 * @param {() => void} draw
 */
export function soon(draw) {
  let asked = 0;
  return () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
}

/**
 * Calls `changed` after every change of what the views share and of the size of a box.
 * @param {Host} host
 * @param {HTMLElement} box
 * @param {() => void} changed
 * @returns {() => void} ends that, and all that the view has not said yet
 */
export function follow({ bus, tell }, box, changed) {
  const unsubscribe = bus.subscribe(changed);
  const sizes = new ResizeObserver(changed);
  sizes.observe(box);
  return () => {
    unsubscribe();
    sizes.disconnect();
    bus.drop(tell);
  };
}

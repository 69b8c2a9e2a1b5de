// What stands around the maps: titles, hints, legends, and the remark on the difference.

import { find, prepare } from "../lib/dom.js";
import { Scales, STRIPS } from "./scales.js";
import { remark } from "./sentences.js";

/**
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("./main.js").Data} Data
 */

const SAID = {
  maps: {
    hint:
      "Point at a cell; a click holds it. Ctrl and the wheel or a pinch zooms, dragging moves, a double click shows all.",
    label: "Maps of A, B and their difference: arrow keys walk, plus, minus and 0 zoom, Escape lets go",
  },
  links: {
    hint: "Strongest links that cover 60 % of a row. Point at a token; a click holds it.",
    label: "Links of A, B and their difference: up and down walk, left and right change the side, Escape lets go",
  },
};

/** Titles and hints, which need no map. @param {HTMLElement | ShadowRoot} root @param {Data} data */
export function drawTitles(root, { titles, view }) {
  const { hint, label } = SAID[view];
  find(root, ".hint").textContent = hint;
  find(root, ".zoom").hidden = view === "links";
  find(root, ".stage").setAttribute("aria-label", label);
  for (const panel of /** @type {("a" | "b")[]} */ (["a", "b"])) {
    const title = find(root, `.panel.${panel} .title`);
    title.textContent = titles[panel];
    title.title = titles[panel];
  }
}

/** Is there a difference to see? @param {Data} data @param {Comparison} comparison */
export const differs = ({ bound }, comparison) => comparison.comparable && bound > 0;

/** @param {HTMLElement | ShadowRoot} root @param {Data} data @param {Comparison} comparison */
export function drawLegends(root, data, comparison) {
  const scales = new Scales(data.colours.screen, data);
  const stage = find(root, ".stage");
  stage.style.setProperty("--a", scales.names.a);
  stage.style.setProperty("--b", scales.names.b);
  const said = remark(comparison, data.titles);
  const note = find(root, ".remark");
  note.hidden = said === null;
  note.textContent = said;
  find(root, ".panel.difference .scroll").hidden = !comparison.overlaps;
  find(root, ".legend.difference").hidden = !differs(data, comparison);
  const words = scales.words(comparison.most);
  if (comparison.hides) {
    words.weights.what += "; hatched where a query can’t see";
    words.difference.what += "; hatched where A or B can’t see";
  }
  for (const which of /** @type {("weights" | "difference")[]} */ (["weights", "difference"])) {
    const box = find(root, `.legend.${which}`);
    find(box, ".low").textContent = words[which].low;
    find(box, ".high").textContent = words[which].high;
    find(box, ".what").textContent = words[which].what;
    const strip = /** @type {HTMLCanvasElement} */ (find(box, ".strip"));
    scales.strip(prepare(strip, STRIPS.width, STRIPS.height), which, 0, 0);
  }
}

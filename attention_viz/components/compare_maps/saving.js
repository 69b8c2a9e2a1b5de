// The maps or links as a picture that leaves: arranged as on screen, with titles, legends and a caption.

import { PANELS } from "./comparison.js";
import { differs } from "./legends.js";
import { Scales, STRIPS } from "./scales.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("./main.js").Data} Data
 * @typedef {import("../lib/colour.js").Colours} Colours
 * @typedef {{width: number, height: number, paint: (context: CanvasRenderingContext2D, panel: Panel) => void}} Drawn one panel
 */

/** Between panels and around them, and for their titles, in px. */
const PRINT = { gap: 16, title: 26, legend: 22 };

/**
 * @param {Data} data
 * @param {Comparison} comparison
 * @param {Drawn} drawn
 * @param {boolean} across whether panels stand beside each other
 * @param {Colours} colours
 * @param {string} family
 */
export function pictureOf(data, comparison, drawn, across, colours, family) {
  const shown = PANELS.filter((panel) => panel !== "difference" || comparison.overlaps);
  const [step, down] = [drawn.width + PRINT.gap, drawn.height + PRINT.title + PRINT.gap];
  const width = across ? shown.length * step - PRINT.gap : drawn.width;
  const height = across ? down : shown.length * down;
  const scales = new Scales(colours, data);
  const legends = differs(data, comparison) ? 2 : 1;
  return {
    width,
    height: height + legends * PRINT.legend,
    name: `attention_comparison_${data.view}`,
    caption: captionOf(data, comparison),
    legend: null,
    /** @param {CanvasRenderingContext2D} context */
    paint: (context) => {
      shown.forEach((panel, at) => {
        context.save();
        context.translate(across ? at * step : 0, across ? 0 : at * down);
        paintTitle(context, panel, data, scales, colours, `14px ${family}`);
        context.translate(0, PRINT.title);
        drawn.paint(context, panel);
        context.restore();
      });
      context.font = `12px ${family}`;
      paintLegends(context, comparison, scales, colours, height, legends);
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Data} data @param {Scales} scales @param {Colours} colours @param {string} font */
function paintTitle(context, panel, { titles }, scales, colours, font) {
  context.font = font;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const name = panel === "difference" ? "B − A" : panel.toUpperCase();
  context.fillStyle = panel === "difference" ? colours.text : scales.names[panel];
  context.fillText(name, 8, PRINT.title / 2);
  context.fillStyle = colours.text;
  if (panel !== "difference") {
    context.fillText(titles[panel], 8 + context.measureText(`${name}  `).width, PRINT.title / 2);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Comparison} comparison @param {Scales} scales @param {Colours} colours @param {number} top @param {number} count */
function paintLegends(context, comparison, scales, colours, top, count) {
  const words = scales.words(comparison.most);
  context.textAlign = "left";
  context.textBaseline = "middle";
  [words.weights, words.difference].slice(0, count).forEach(({ low, high }, at) => {
    const y = top + at * PRINT.legend + PRINT.legend / 2;
    const start = 8 + context.measureText(`${low}`).width + 6;
    context.fillStyle = colours.text;
    context.fillText(low, 8, y);
    context.fillText(`${high}   ${at ? "B − A" : "A and B"}`, start + STRIPS.width + 6, y);
    scales.strip(context, at ? "difference" : "weights", start, y - STRIPS.height / 2);
  });
}

/** @param {Data} data @param {Comparison} comparison */
function captionOf({ titles, view, curve, about }, comparison) {
  const what = view === "links"
    ? "Left looks at right; strongest links covering 60 % of each row"
    : `Attention weight, ${curve === "sqrt" ? "square-root" : "linear"} colours, query down, key across${
      comparison.hides ? ", hatched where a query can’t see" : ""
    }`;
  const alone = comparison.alone ? " (A), (B): only on that side, and left out of the difference." : "";
  return `A: ${titles.a}. B: ${titles.b}. ${about}. ${what}. In B − A, blue: A looks more, orange: B looks more.${alone}`;
}

// The heatmap as a picture that leaves.

import { SvgPen } from "../lib/pen.js";

/**
 * Plotly draws it again, in the colours that are wanted.
 * @param {import("../lib/view.js").Plotly} plotly
 * @param {import("../lib/view.js").Figure} figure
 * @param {{name: string, caption: string, over: (context: CanvasRenderingContext2D) => void}} about over: draws what is held
 * @returns {Promise<import("../lib/save.js").Picture>}
 */
export async function pictureOf(plotly, figure, { name, caption, over }) {
  const { width, height } = figure.layout;
  const address = await plotly.toImage(figure, { format: "svg", width, height });
  const svg = decodeURIComponent(address.slice(address.indexOf(",") + 1));
  const image = new Image(width, height);
  image.src = address;
  await image.decode();
  return {
    width,
    height,
    name,
    caption,
    legend: null, // It is part of the figure.
    paint: (context) => {
      if (context instanceof SvgPen) context.embed(svg, width, height);
      else context.drawImage(image, 0, 0, width, height);
      over(context);
    },
  };
}

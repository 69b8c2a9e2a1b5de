// Plotly.js, loaded when the first view asks for it: one for all views of the page.

/** @typedef {import("../../lib/view.js").Plotly} Plotly */

/** The place of a file of the server, whose own script lies in static/js. @param {string} address below the app's @param {Iterable<string>} scripts */
export function below(address, scripts) {
  for (const script of scripts) {
    if (new URL(script).pathname.includes("/static/js/")) return new URL(`../../${address}`, script).href;
  }
  throw new Error("The page has no script of Streamlit's that would tell where the app is.");
}

/** @param {string} address @returns {Promise<Plotly>} */
async function fetched(address) {
  const scripts = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll("script[src]"));
  const script = document.createElement("script");
  script.src = below(address, [...scripts].map(({ src }) => src));
  await new Promise((done, fail) => {
    script.onload = done;
    script.onerror = () => fail(new Error(`${script.src} could not be loaded.`));
    document.head.append(script);
  });
  return /** @type {{Plotly: Plotly}} */ (/** @type {unknown} */ (globalThis)).Plotly;
}

/** Each component carries its own copy of this, so what comes is kept on the window; after a failure, it is tried again. @param {string} address */
export function plotlyFrom(address) {
  const scope = /** @type {{attentionVizPlotly?: Promise<Plotly>}} */ (/** @type {unknown} */ (globalThis));
  scope.attentionVizPlotly ??= fetched(address).catch((error) => {
    scope.attentionVizPlotly = undefined;
    throw error;
  });
  return scope.attentionVizPlotly;
}

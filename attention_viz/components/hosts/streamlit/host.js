// A page of Streamlit as the host of live views.
//
// There each view is a component of its own and carries its own copy of this code, so what they share is kept on the
// window: one bus for each visit, whose name the server gives all components of it.

import { createBus } from "../../lib/bus.js";
import { plotlyFrom } from "./plotly.js";

/**
 * @typedef {import("../../lib/bus.js").Bus} Bus
 * @typedef {HTMLElement | ShadowRoot} Root
 * @typedef {(name: string, value: unknown) => void} SetTriggerValue
 */

/** The buses by the name of their page, and how many components use them. @returns {Map<string, {bus: Bus, users: number}>} */
function pages() {
  const scope = /** @type {{attentionVizPages?: Map<string, {bus: Bus, users: number}>}} */ (
    /** @type {unknown} */ (globalThis)
  );
  return scope.attentionVizPages ??= new Map();
}

/** @param {string} page @returns {Bus} */
function enter(page) {
  const found = pages().get(page) ?? { bus: createBus(), users: 0 };
  found.users++;
  pages().set(page, found);
  return found.bus;
}

/** The last one turns out the light. @param {string} page */
function leave(page) {
  const found = pages().get(page);
  if (found && !--found.users) pages().delete(page);
}

/**
 * What stands in the elements of a component, made once for each: Streamlit calls a component again with every change of
 * its data.
 * @template {{end: () => void}} T
 * @param {(bus: Bus, root: Root) => T} make
 * @returns {(root: Root, page: string) => {bus: Bus, made: T, leave: () => void}} leave: the clean-up for Streamlit
 */
export function residents(make) {
  /** @type {WeakMap<Root, {page: string, bus: Bus, made: T, end: () => void}>} */
  const kept = new WeakMap();
  /** @param {Root} root @param {string} page */
  const settle = (root, page) => {
    const bus = enter(page);
    const made = make(bus, root);
    const end = () => {
      kept.delete(root);
      made.end();
      leave(page);
    };
    const here = { page, bus, made, end };
    kept.set(root, here);
    return here;
  };
  return (root, page) => {
    let here = kept.get(root);
    if (here?.page !== page) {
      here?.end();
      here = settle(root, page);
    }
    const { bus, made, end } = here;
    return {
      bus,
      made,
      // Streamlit also cleans up after a call that a later one has overtaken: then the view is still there, and stays.
      leave: () => {
        if (!root.isConnected && kept.get(root)?.end === end) end();
      },
    };
  };
}

/**
 * The component of a view.
 * @param {(host: import("../../lib/view.js").Host) => import("../../lib/view.js").View} mount
 */
export function streamlit(mount) {
  const views = residents((bus, root) => {
    /** @type {{send: SetTriggerValue, plotly: string}} */
    const line = { send: () => {}, plotly: "" };
    const tell = (/** @type {string} */ name, /** @type {unknown} */ value) =>
      line.send(name, { choice: bus.told, value });
    const view = mount({ root, bus, tell, plotly: () => plotlyFrom(line.plotly) });
    return { line, view, end: () => view.end() };
  });
  /**
   * @param {{
   *   data: {page: string, plotly: string, shown: import("../../lib/bus.js").Answer | null, view: unknown},
   *   parentElement: Root, setTriggerValue: SetTriggerValue,
   * }} component plotly: where Plotly.js is, below the address of the app
   */
  return ({ data, parentElement, setTriggerValue }) => {
    const { bus, made, leave } = views(parentElement, data.page);
    made.line.send = setTriggerValue;
    made.line.plotly = data.plotly;
    if (data.shown) bus.accept(data.shown);
    made.view.update(data.view);
    return leave;
  };
}

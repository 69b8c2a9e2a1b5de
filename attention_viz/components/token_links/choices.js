// Which heads are drawn and which links of them: what a visitor can choose, and what follows from a choice.

/**
 * @typedef {{beside: number[], cover: number, least: number, hide: boolean, again: boolean, route: string}} Settings of the
 *   links; beside: heads that are drawn beside the one on screen, which may be among them; cover: the strongest links are
 *   drawn until they hold so many percent of their row; least: weights below this are not drawn; hide: without special tokens;
 *   again: rows are then made to add up to 1 again; route: "01" from the first text to the second, empty for all
 * @typedef {{head: number | null, among: number[]}} Chosen the head on screen, or a mean without one; among: as on the bus
 */

/** What is drawn before anybody chose anything. @type {Settings} */
const USUAL = { beside: [], cover: 60, least: 0, hide: false, again: false, route: "" };

/** @param {import("../lib/bus.js").Shown} shown @returns {Settings} */
export const settingsOf = ({ settings }) => settings?.links ?? USUAL;

/** A weight as it can be asked for: 0…1 with four decimals, and 0 for what is no number. @param {number} number */
export const asWeight = (number) => Math.round(1e4 * Math.min(1, Math.max(0, number || 0))) / 1e4;

/** In order, each once. @param {number[]} heads */
const inOrder = (heads) => [...new Set(heads)].sort((one, other) => one - other);

/**
 * The heads whose links are drawn, in order: the one on screen, which a mean stands for alone, and those beside it.
 * @param {Chosen} chosen
 * @param {number[]} beside
 * @param {number} count of the heads of a layer
 * @returns {(number | null)[]}
 */
export const drawnHeads = ({ head }, beside, count) =>
  head === null ? [null] : inOrder([head, ...beside]).filter((one) => one < count);

/**
 * The heads that are ticked: those that are drawn, or of which the mean is taken.
 * @param {Chosen} chosen
 * @param {number[]} beside
 * @param {number} count
 * @returns {number[]}
 */
export function tickedHeads({ head, among }, beside, count) {
  if (head !== null) return /** @type {number[]} */ (drawnHeads({ head, among }, beside, count));
  return among.length ? among : Array.from({ length: count }, (_, at) => at);
}

/**
 * What is on screen after a head's box was clicked: it is drawn too, or no longer. One is always on screen: where that one is
 * left out, the next one takes its place, and the last one stays.
 * @param {Chosen} chosen
 * @param {number[]} beside
 * @param {number} one that was clicked
 * @param {number} count
 * @returns {Chosen & {beside: number[]}}
 */
export function afterTurn({ head, among }, beside, one, count) {
  const ticked = tickedHeads({ head, among }, beside, count);
  const left = ticked.includes(one) ? ticked.filter((other) => other !== one) : inOrder([...ticked, one]);
  if (!left.length) return { head, among, beside };
  if (head === null && left.length > 1) return { head, among: left, beside };
  if (head !== null && left.includes(head)) return { head, among, beside: left.filter((other) => other !== head) };
  return { head: left[0], among: [], beside: left.slice(1) };
}

/**
 * What is on screen after “Mean of these”: the mean of what is drawn, or, after a mean, its heads one by one.
 * @param {Chosen} chosen
 * @param {number[]} beside
 * @param {number} count
 * @returns {Chosen & {beside: number[]}}
 */
export function afterMean({ head, among }, beside, count) {
  const ticked = tickedHeads({ head, among }, beside, count);
  if (head !== null) return { head: null, among: ticked, beside };
  return { head: ticked[0], among: [], beside: ticked.slice(1) };
}

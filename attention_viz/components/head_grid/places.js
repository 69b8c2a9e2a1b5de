// Where heads stand in the picture, and which one a point or a key leads to.

/**
 * @typedef {{layer: number | null, head: number | null}} Place one head; without a head the mean of a layer's, without a
 *   layer the mean of all
 * @typedef {{lines: (Place | null)[][], end: number, means: boolean, named: boolean}} Layout the lines of the picture; end:
 *   the column that the key End leads to; means: whether the mean of each layer stands in a last column, and the mean of all
 *   below it; named: whether each picture has its name above it, instead of names beside lines and columns
 * @typedef {"all" | "layer" | "head"} Part what of a model is in the picture
 */

/** Room for the labels beside the picture, or above each line of one whose heads are named one by one, in px; below, and at
 * the left of one without labels there, for the frame of a head. */
export const LABELS = { left: 28, top: 20, right: 8, frame: 3 };
/** The side of a cell and the gap between two, in px; maps of a part of the heads may be shown larger. */
export const CELL = { least: 20, most: 96, large: 160, gap: 2 };

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, at) => at);

/**
 * All heads, a line for each layer.
 * @param {number} layers
 * @param {number} heads
 * @returns {Layout}
 */
function allHeads(layers, heads) {
  /** @type {(Place | null)[][]} */
  const lines = upTo(layers).map((layer) => [...upTo(heads), null].map((head) => ({ layer, head })));
  lines.push([...upTo(heads).map(() => null), { layer: null, head: null }]);
  return { lines, end: heads - 1, means: true, named: false };
}

/**
 * Some heads one after the other, in lines of so many.
 * @param {Place[]} places
 * @param {number} columns
 * @returns {Layout}
 */
function inLines(places, columns) {
  const lines = upTo(Math.ceil(places.length / columns)).map((line) =>
    upTo(columns).map((column) => places[line * columns + column] ?? null)
  );
  return { lines, end: columns - 1, means: false, named: true };
}

/** Where the first column begins, in px. @param {Layout} layout */
const leftOf = ({ named }) => named ? LABELS.frame : LABELS.left;

/**
 * The side of a cell, so that all of a layout fits where it can.
 * @param {Layout} layout
 * @param {{width: number, tall: number, most: number}} room in px; most: of a cell
 */
function cellSize(layout, { width, tall, most }) {
  const { lines, named } = layout;
  const wide = (width - leftOf(layout) - LABELS.right) / lines[0].length;
  const room = tall - LABELS.frame;
  const high = named ? room / lines.length - LABELS.top : (room - LABELS.top) / lines.length;
  return Math.max(CELL.least, Math.min(most, Math.floor(wide), Math.floor(high)));
}

/**
 * All heads; or the heads of one layer, or one head in all layers, in as many lines as make them largest, the fewest of
 * those, and of about the same length.
 * @param {Part} part
 * @param {{layers: number, heads: number}} model
 * @param {Place} chosen
 * @param {{width: number, tall: number, most: number}} room in px; most: of a cell
 * @returns {Layout & {cell: number}} cell: the side of one, in px
 */
export function layoutOf(part, { layers, heads }, { layer, head }, room) {
  if (part === "all") {
    const layout = allHeads(layers, heads);
    return { ...layout, cell: cellSize(layout, room) };
  }
  const places = part === "layer"
    ? upTo(heads).map((one) => ({ layer: layer ?? 0, head: one }))
    : upTo(layers).map((one) => ({ layer: one, head: head ?? 0 }));
  const ways = places.map((_, at) => inLines(places, places.length - at));
  const sized = ways.map((layout) => ({ ...layout, cell: cellSize(layout, room) }));
  return sized.reduce((best, next) =>
    next.cell > best.cell || (next.cell === best.cell && next.lines.length === best.lines.length) ? next : best
  );
}

/**
 * The size of the picture, in px.
 * @param {Layout & {cell: number}} layout
 */
export function sizeOf(layout) {
  const { lines, named, cell } = layout;
  const high = named ? lines.length * (cell + LABELS.top) : LABELS.top + lines.length * cell;
  return { width: leftOf(layout) + lines[0].length * cell + LABELS.right, height: high + LABELS.frame };
}

/**
 * Where a head's data lies: heads first, layer by layer; then the mean of each layer; then the mean of all.
 * @param {Place} place
 * @param {number} layers
 * @param {number} heads
 */
export function indexOf({ layer, head }, layers, heads) {
  if (layer === null) return layers * heads + layers;
  return head === null ? layers * heads + layer : layer * heads + head;
}

/**
 * Line and column of a head in the picture, or null when it isn't there.
 * @param {Place} place
 * @param {Layout} layout
 */
export function cellOf({ layer, head }, { lines }) {
  for (const [line, places] of lines.entries()) {
    const column = places.findIndex((one) => one !== null && one.layer === layer && one.head === head);
    if (column >= 0) return { line, column };
  }
  return null;
}

/**
 * The corner of a cell, in px, or null where the picture doesn't have it.
 * @param {Place} place
 * @param {Layout & {cell: number}} layout
 */
export function cornerOf(place, layout) {
  const found = cellOf(place, layout);
  if (!found) return null;
  const [{ line, column }, { cell, named }] = [found, layout];
  return { x: leftOf(layout) + column * cell, y: LABELS.top + line * (named ? cell + LABELS.top : cell) };
}

/**
 * Everything that the picture shows: heads, then means.
 * @param {Layout} layout
 * @returns {Place[]}
 */
export function placesOf({ lines }) {
  const every = lines.flat().filter((place) => place !== null);
  return [...every.filter(({ head }) => head !== null), ...every.filter(({ head }) => head === null)];
}

/**
 * The head at a point of the picture, or null between and beside them.
 * @param {number} x
 * @param {number} y
 * @param {Layout & {cell: number}} layout
 */
export function headAt(x, y, layout) {
  const { lines, named, cell } = layout;
  const line = Math.floor(named ? y / (cell + LABELS.top) : (y - LABELS.top) / cell);
  if (named && y - line * (cell + LABELS.top) < LABELS.top) return null;
  return lines[line]?.[Math.floor((x - leftOf(layout)) / cell)] ?? null;
}

/**
 * The head that a key leads to, staying inside; null for keys that mean nothing here.
 * @param {string} key
 * @param {Place} from
 * @param {Layout} layout
 * @returns {Place | null}
 */
export function afterKey(key, from, layout) {
  const { lines, end } = layout;
  const { line, column } = cellOf(from, layout) ?? { line: 0, column: 0 };
  /** Where nothing stands in a line, what stands above it counts. @param {number} toLine @param {number} toColumn */
  const place = (toLine, toColumn) => {
    const inside = Math.min(lines[0].length - 1, Math.max(0, toColumn));
    let at = Math.min(lines.length - 1, Math.max(0, toLine));
    while (at > 0 && !lines[at][inside]) at--;
    return lines[at][inside];
  };
  switch (key) {
    case "ArrowLeft":
      return place(line, column - 1);
    case "ArrowRight":
      return place(line, column + 1);
    case "ArrowUp":
      return place(line - 1, column);
    case "ArrowDown":
      return place(line + 1, column);
    case "Home":
      return place(line, 0);
    case "End":
      return place(line, layout.named ? lines[line].findLastIndex((one) => one !== null) : end);
    default:
      return null;
  }
}

/**
 * The heads with the largest values, largest first; heads without a value are left out.
 * @param {ArrayLike<number>} values [layer, head], NaN for none
 * @param {number} layers
 * @param {number} heads
 * @param {number} count
 */
export function ranked(values, layers, heads, count) {
  const real = Array.from(values).slice(0, layers * heads); // Means are not heads.
  return real.map((value, at) => ({ value, layer: Math.floor(at / heads), head: at % heads }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((one, other) => other.value - one.value)
    .slice(0, count);
}

// Where heads stand in the picture, and which one a point or a key leads to.

/**
 * @typedef {{layer: number | null, head: number | null}} Place one head; without a head the mean of a layer's, without a
 *   layer the mean of all
 * @typedef {{layers: number[], heads: number[], means: boolean}} Layout the rows and columns of the picture; means: whether
 *   the mean of each layer stands in a last column, and the mean of all below it
 * @typedef {"all" | "layer" | "head"} Part what of a model is in the picture
 */

/** Room for the labels, in px. */
export const LABELS = { left: 28, top: 20, right: 8 };
/** The side of a cell and the gap between two, in px; a part of the heads may be shown larger. */
export const CELL = { least: 20, most: 44, large: 110, gap: 2 };

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, at) => at);

/**
 * All heads; or the heads of one layer, or one head in all layers.
 * @param {Part} part
 * @param {number} layers
 * @param {number} heads
 * @param {Place} chosen
 * @returns {Layout}
 */
export function layoutOf(part, layers, heads, { layer, head }) {
  if (part === "layer") return { layers: [layer ?? 0], heads: upTo(heads), means: false };
  if (part === "head") return { layers: upTo(layers), heads: [head ?? 0], means: false };
  return { layers: upTo(layers), heads: upTo(heads), means: true };
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
 * Row and column of a head in the picture, or null when it isn't there.
 * @param {Place} place
 * @param {Layout} layout
 */
export function cellOf({ layer, head }, { layers, heads, means }) {
  const row = layer === null ? (means ? layers.length : -1) : layers.indexOf(layer);
  const column = head === null ? (means ? heads.length : -1) : heads.indexOf(head);
  return row < 0 || column < 0 ? null : { row, column };
}

/**
 * The head in a cell, or null beside them.
 * @param {number} row
 * @param {number} column
 * @param {Layout} layout
 * @returns {Place | null}
 */
function placeIn(row, column, { layers, heads, means }) {
  const [lastRow, lastColumn] = [row === layers.length, column === heads.length];
  if (row < 0 || column < 0 || row > layers.length || column > heads.length) return null;
  if (!lastRow && !lastColumn) return { layer: layers[row], head: heads[column] };
  if (!means || !lastColumn) return null;
  return { layer: lastRow ? null : layers[row], head: null };
}

/**
 * Everything that the picture shows.
 * @param {Layout} layout
 * @returns {Place[]}
 */
export function placesOf({ layers, heads, means }) {
  const every = layers.flatMap((layer) => heads.map((head) => ({ layer, head })));
  if (!means) return every;
  return [...every, ...layers.map((layer) => ({ layer, head: null })), { layer: null, head: null }];
}

/**
 * The side of a cell, so that all columns fit the width where they can.
 * @param {number} width of the view in px
 * @param {Layout} layout
 */
export function cellSize(width, { heads, means }) {
  const fits = Math.floor((width - LABELS.left - LABELS.right) / (heads.length + (means ? 1 : 0)));
  return Math.max(CELL.least, Math.min(means ? CELL.most : CELL.large, fits));
}

/**
 * The head at a point of the picture, or null between and beside them.
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {Layout} layout
 */
export function headAt(x, y, cell, layout) {
  return placeIn(Math.floor((y - LABELS.top) / cell), Math.floor((x - LABELS.left) / cell), layout);
}

/**
 * The head that a key leads to, staying inside; null for keys that mean nothing here.
 * @param {string} key
 * @param {Place} from
 * @param {Layout} layout
 * @returns {Place | null}
 */
export function afterKey(key, from, layout) {
  const { row, column } = cellOf(from, layout) ?? { row: 0, column: 0 };
  const last = { row: layout.layers.length - 1, column: layout.heads.length - 1 };
  /** @param {number} toRow @param {number} toColumn */
  const place = (toRow, toColumn) => {
    const inside = Math.min(last.column + (layout.means ? 1 : 0), Math.max(0, toColumn));
    const below = inside > last.column ? last.row + 1 : last.row; // Only the mean column goes on below the last layer.
    return placeIn(Math.min(below, Math.max(0, toRow)), inside, layout);
  };
  switch (key) {
    case "ArrowLeft":
      return place(row, column - 1);
    case "ArrowRight":
      return place(row, column + 1);
    case "ArrowUp":
      return place(row - 1, column);
    case "ArrowDown":
      return place(row + 1, column);
    case "Home":
      return place(row, 0);
    case "End":
      return place(row, last.column);
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

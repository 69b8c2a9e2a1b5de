// Where heads stand in the picture, and which one a point or a key leads to.

/** @typedef {{layer: number, head: number}} Place */

/** Room for the labels, in px. */
export const LABELS = { left: 28, top: 20, right: 8 };
/** The side of a cell and the gap between two, in px. */
export const CELL = { least: 20, most: 44, gap: 2 };

/** A mean, as a layer or as a head. */
export const MEAN = -1;

/**
 * Where a head's data lies: heads first, layer by layer; then the mean of each layer; then the mean of all.
 * @param {Place} place
 * @param {number} layers
 * @param {number} heads
 */
export function indexOf({ layer, head }, layers, heads) {
  if (layer === MEAN) return layers * heads + layers;
  return head === MEAN ? layers * heads + layer : layer * heads + head;
}

/**
 * Row and column of a head in the picture: means stand in the last column, the mean of all below them.
 * @param {Place} place
 * @param {number} layers
 * @param {number} heads
 */
export const cellOf = ({ layer, head }, layers, heads) => ({
  row: layer === MEAN ? layers : layer,
  column: head === MEAN ? heads : head,
});

/**
 * Everything that the picture shows.
 * @param {number} layers
 * @param {number} heads
 * @returns {Place[]}
 */
export function placesOf(layers, heads) {
  const every = Array.from(
    { length: layers * heads },
    (_, at) => ({ layer: Math.floor(at / heads), head: at % heads }),
  );
  const means = Array.from({ length: layers }, (_, layer) => ({ layer, head: MEAN }));
  return [...every, ...means, { layer: MEAN, head: MEAN }];
}

/**
 * The side of a cell, so that all heads fit the width where they can.
 * @param {number} width of the view in px
 * @param {number} heads
 */
export function cellSize(width, heads) {
  return Math.max(CELL.least, Math.min(CELL.most, Math.floor((width - LABELS.left - LABELS.right) / (heads + 1))));
}

/**
 * The head at a point of the picture, or null between and beside them.
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {number} layers
 * @param {number} heads
 * @returns {Place | null}
 */
export function headAt(x, y, cell, layers, heads) {
  const [row, column] = [Math.floor((y - LABELS.top) / cell), Math.floor((x - LABELS.left) / cell)];
  if (row < 0 || row > layers || column < 0 || column > heads) return null;
  if (row === layers) return column === heads ? { layer: MEAN, head: MEAN } : null;
  return { layer: row, head: column === heads ? MEAN : column };
}

/**
 * The head that a key leads to, staying inside; null for keys that mean nothing here.
 * @param {string} key
 * @param {Place} from
 * @param {number} layers
 * @param {number} heads
 * @returns {Place | null}
 */
export function afterKey(key, from, layers, heads) {
  const { row, column } = cellOf(from, layers, heads);
  /** @param {number} toRow @param {number} toColumn */
  const place = (toRow, toColumn) => {
    const inside = Math.min(heads, Math.max(0, toColumn));
    const below = inside === heads ? layers : layers - 1; // Only the mean column goes on below the last layer.
    const line = Math.min(below, Math.max(0, toRow));
    return { layer: line === layers ? MEAN : line, head: inside === heads ? MEAN : inside };
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
      return place(row, heads - 1);
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

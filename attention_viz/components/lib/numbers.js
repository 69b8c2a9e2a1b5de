// How numbers are written in the live views.

/**
 * Two decimals, and "< 0.01" for what is small but not nothing; large numbers of tokens with one decimal.
 * @param {number | null} value
 * @param {string} [unit]
 */
export function format(value, unit = "") {
  if (value === null) return "–";
  const number = value > 0 && value < 0.005 ? "< 0.01" : value.toFixed(unit === "tokens" && value >= 10 ? 1 : 2);
  return unit ? `${number} ${unit}` : number;
}

/**
 * A weight to compare with others: so many decimals, and more where it is small, so that it can't be taken for none.
 * @param {number} value 0 or more
 * @param {number} decimals
 */
export function precise(value, decimals) {
  if (value < 5e-5) return value === 0 ? "0" : "≈ 0";
  return value < 0.5 * 10 ** -decimals ? String(Number(value.toPrecision(1))) : value.toFixed(decimals);
}

/** The same of a difference, with its sign. @param {number} value @param {number} decimals */
export function signed(value, decimals) {
  const sign = Math.abs(value) < 5e-5 ? "" : value < 0 ? "−" : "+";
  return sign + precise(Math.abs(value), decimals);
}

/**
 * Where a value lies between low and high, in 0…1; a range without width has no place but its start.
 * @param {number | null} value
 * @param {number | null} low
 * @param {number | null} high
 */
export function share(value, low, high) {
  if (value === null || low === null || high === null || !(high > low)) return 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/**
 * A head's name; without a head that of a mean: of the heads `among`, or of all; without a layer, of all layers.
 * @param {number | null} layer
 * @param {number | null} head
 * @param {number[]} [among]
 */
export function headName(layer, head, among = []) {
  if (layer === null) return "Mean of all heads";
  if (head !== null) return `L${layer} H${head}`;
  return `L${layer} mean${among.length ? ` of ${among.map((one) => `H${one}`).join(", ")}` : ""}`;
}

/** A weight by itself; smaller ones than that are not told apart by two bytes. @param {number} value 0…1 */
export function threeDigits(value) {
  if (value < 5e-5) return value === 0 ? "0" : "≈ 0";
  return value.toPrecision(3);
}

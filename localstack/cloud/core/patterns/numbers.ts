/**
 * A number that no double stands for exactly as written (more digits than a double holds, or out of its range).
 * Event Ruler does not compare those as numbers, only letter by letter.
 */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Any JSON text that may hold such a number has one of these; digits inside strings only cost a closer look. */
const MAYBE_WRITTEN = /\d[\d.]{15,}|[eE][+-]?\d{3}/;

export const mayHoldWrittenNumbers = (json: string): boolean => MAYBE_WRITTEN.test(json);

/**
 * The double that Ruler compares by, or the number as written where the shortest decimal form of that double is
 * another number (Ruler's `ComparableNumber`: `BigDecimal.valueOf(double).compareTo(written) != 0`).
 */
export function readNumber(text: string): number | WrittenNumber {
  const value = Number(text);
  if (!Number.isFinite(value) || decimal(text) !== decimal(String(value))) return new WrittenNumber(text);
  return value === 0 ? 0 : value;
}

/** A decimal in one form: sign, digits without zeros at either end, and the power of ten of the last digit. */
function decimal(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

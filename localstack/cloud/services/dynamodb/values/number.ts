import { validationError } from '../errors';

/** A decimal number: ± d₁.d₂d₃… × 10^exponent, digits without zeros at either end; zero has no digits. */
type Decimal = { readonly negative: boolean; readonly digits: string; readonly exponent: number };

const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Plain integers of few digits are canonical as they stand. */
const CANONICAL = /^(?:0|-?[1-9]\d{0,14})$/;

/** Reads a number; undefined when `text` is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = SYNTAX.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', power] = match;
  const all = whole + fraction;
  if (all === '') return undefined;
  let first = 0;
  while (first < all.length && all[first] === '0') first++;
  let last = all.length;
  while (last > first && all[last - 1] === '0') last--;
  if (first === last) return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits: all.slice(first, last),
    exponent: whole.length - 1 - first + Number(power ?? 0),
  };
}

/** The way DynamoDB gives a number back: no exponent, no needless zeros. */
export function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (exponent >= digits.length - 1) return sign + digits + '0'.repeat(exponent - digits.length + 1);
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** Canonical text of a number as it came over the wire. Throws what DynamoDB answers to one that it cannot store. */
export function readNumber(text: string): string {
  if (CANONICAL.test(text)) return text;
  if (text === '') throw validationError('The parameter cannot be converted to a numeric value');
  const decimal = parseDecimal(text);
  if (!decimal) throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  return storable(decimal);
}

/** Canonical text, if it is within 38 digits and magnitudes from 1E-130 to 9.99…E+125. */
function storable(decimal: Decimal): string {
  if (decimal.exponent > 125)
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (decimal.exponent < -130)
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  if (decimal.digits.length > 38)
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  return formatDecimal(decimal);
}

/** Sum (or, with `sign` -1, difference) of two canonical numbers, exact. */
export function addNumbers(left: string, right: string, sign: 1 | -1 = 1): string {
  if (left.length < 15 && right.length < 15 && CANONICAL.test(left) && CANONICAL.test(right)) {
    return String(Number(left) + sign * Number(right));
  }
  const a = parseDecimal(left) as Decimal;
  const b = parseDecimal(right) as Decimal;
  const scale = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length) + 1;
  const sum = scaled(a, scale) + BigInt(sign) * scaled(b, scale);
  return storable(parseDecimal(`${sum}e${scale}`) as Decimal);
}

/** The number divided by 10^scale; scale is at most the place of its last digit. */
function scaled({ negative, digits, exponent }: Decimal, scale: number): bigint {
  if (digits === '') return 0n;
  const value = BigInt(digits) * 10n ** BigInt(exponent - digits.length + 1 - scale);
  return negative ? -value : value;
}

/** Negative, zero or positive, as canonical `left` is less than, equal to or greater than `right`. */
export function compareNumbers(left: string, right: string): number {
  // Doubles keep fifteen decimal digits apart.
  if (left.length <= 15 && right.length <= 15) return Number(left) - Number(right);
  const a = numberKey(left);
  const b = numberKey(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes that sort as the numbers do, none of which begins with another. For canonical numbers. */
export function numberKey(text: string): string {
  const { negative, digits, exponent } = parseDecimal(text) as Decimal;
  if (digits === '') return '2';
  if (!negative) return `3${twoBytes(exponent + 256)}${digits}\0`;
  let complement = '';
  for (const digit of digits) complement += String.fromCharCode(105 - digit.charCodeAt(0));
  return `1${twoBytes(255 - exponent)}${complement}~`;
}

const twoBytes = (value: number): string => String.fromCharCode(value >> 8, value & 255);

/** Bytes that a number counts towards the size of its item: two digits each, and one more; one for a minus. */
export function numberSize(text: string): number {
  const { negative, digits, exponent } = parseDecimal(text) as Decimal;
  if (digits === '') return 1;
  const halfByte = digits.length % 2 === 1 || exponent % 2 !== 0 ? 0 : 1;
  return 1 + Math.ceil(digits.length / 2) + halfByte + (negative ? 1 : 0);
}

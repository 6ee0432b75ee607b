import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** No event holds such a value: whoever put it there did not append it. */
export class ForeignValue extends Error {}

/**
 * The JSON value that an attribute was written from. Throws `ForeignValue` for one that was never written from JSON: sets,
 * binary, numbers with more digits than JavaScript has. `unmarshall` would make something of each, that a hash might take
 * for what was there before.
 */
export function exactValue(attribute: AttributeValue): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return exactNumber(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.L !== undefined) return attribute.L.map(exactValue);
  if (attribute.M !== undefined)
    return Object.fromEntries(Object.entries(attribute.M).map(([name, value]) => [name, exactValue(value)]));
  throw new ForeignValue(`it holds a value of type ${Object.keys(attribute)[0]}, which no event does`);
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (plainDigits(String(value)) === plainDigits(text)) return value;
  throw new ForeignValue(`it holds the number ${text}, which has more digits than an event can`);
}

/** A decimal as `<sign><digits>e<exponent>`, without zeros at either end: two texts of one number become the same. */
function plainDigits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

import type { AttributeValue, Item } from './attribute-value';
import { typeOf } from './attribute-value';
import { numberSize } from './number';

/** Bytes of an item as DynamoDB counts them: the names in UTF-8 and the values. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) size += textSize(name) + valueSize(item[name] as AttributeValue);
  return size;
}

function valueSize(value: AttributeValue): number {
  switch (typeOf(value)) {
    case 'S':
      return textSize(value.S as string);
    case 'N':
      return numberSize(value.N as string);
    case 'B':
      return binarySize(value.B as string);
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return total(value.SS as string[], textSize);
    case 'NS':
      return total(value.NS as string[], numberSize);
    case 'BS':
      return total(value.BS as string[], binarySize);
    case 'L': {
      const list = value.L as AttributeValue[];
      return 3 + list.length + total(list, valueSize);
    }
    case 'M': {
      const map = value.M as Item;
      return 3 + Object.keys(map).length + itemSize(map);
    }
  }
}

const textSize = (text: string): number => Buffer.byteLength(text, 'utf8');

export const binarySize = (base64: string): number => Buffer.byteLength(base64, 'base64');

function total<T>(values: readonly T[], size: (value: T) => number): number {
  let sum = 0;
  for (const value of values) sum += size(value);
  return sum;
}

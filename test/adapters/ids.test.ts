import { describe, expect, it } from '@jest/globals';
import { derivedId } from '../../functions/adapters/derived-id';
import { uuidv7 } from '../../functions/adapters/system-effects';

describe('ids', () => {
  it('are UUIDs of version 7 that sort by time', () => {
    const zeros = new Uint8Array(10);
    const ones = new Uint8Array(10).fill(255);
    expect(uuidv7(Date.parse('2026-01-01T00:00:00.000Z'), zeros)).toBe('019b76da-a800-7000-8000-000000000000');
    expect(uuidv7(0, ones)).toBe('00000000-0000-7fff-bfff-ffffffffffff');
    expect(uuidv7(1_000, ones) < uuidv7(1_001, zeros)).toBe(true);
    expect(uuidv7(1_000)).not.toBe(uuidv7(1_000));
  });

  it('that are derived from a text are UUIDs of version 8, always the same', () => {
    expect(derivedId('order k-1')).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(derivedId('order k-1')).toBe(derivedId('order k-1'));
    expect(derivedId('order k-1')).not.toBe(derivedId('order k-2'));
  });
});

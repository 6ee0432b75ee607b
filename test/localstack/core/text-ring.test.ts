import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextRing } from '../../../localstack/cloud/core/text-ring';

it('gives back what it says it still has, and has the newest', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 60 });
  fc.assert(
    fc.property(texts, (given) => {
      const ring = new TextRing(1_000);
      const kept = given.map((text) => ({ text, place: ring.put(text) }));
      for (const { text, place } of kept) {
        if (ring.has(place) && Buffer.byteLength(text) <= 250) expect(ring.get(place)).toBe(text);
      }
      // A lap leaves at most a quarter of the ring unused at its end.
      let size = 0;
      for (const { text, place } of kept.reverse()) {
        size += Buffer.byteLength(text);
        if (size <= 500) expect(ring.has(place)).toBe(true);
      }
    }),
  );
});

const RealDate = Date;
let offset = 0;
let installed = false;

/** Below this the two clocks only differ by the time that a message takes. */
const TOLERANCE_MS = 500;

/**
 * Makes `Date` show the cloud's time, which may have been advanced (`now`, milliseconds since 1970). A function then
 * finds expired what the rest of the cloud finds expired.
 */
export function followCloudTime(now: number): void {
  const wanted = now - RealDate.now();
  if (Math.abs(wanted - offset) < TOLERANCE_MS) return;
  offset = wanted;
  if (installed) return;
  installed = true;
  const CloudDate = function (this: unknown, ...values: unknown[]): unknown {
    if (!new.target) return new RealDate(RealDate.now() + offset).toString();
    const parts = values.length === 0 ? [RealDate.now() + offset] : values;
    return Reflect.construct(RealDate, parts, new.target === CloudDate ? RealDate : new.target);
  } as unknown as DateConstructor;
  // Dates stay real ones: `instanceof` works in both directions because the prototype is shared.
  Object.defineProperty(CloudDate, 'prototype', { value: RealDate.prototype });
  Object.defineProperty(CloudDate, 'name', { value: 'Date' });
  Object.defineProperty(CloudDate, 'length', { value: 7 });
  CloudDate.UTC = RealDate.UTC;
  CloudDate.parse = RealDate.parse;
  CloudDate.now = () => RealDate.now() + offset;
  RealDate.prototype.constructor = CloudDate;
  globalThis.Date = CloudDate;
}

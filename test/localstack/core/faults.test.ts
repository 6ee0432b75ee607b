import { describe, expect, it } from '@jest/globals';
import { type FaultRule, Faults, type Occasion } from '../../../localstack/cloud/core/faults';

const put: Occasion = {
  service: 'dynamodb',
  operation: 'PutItem',
  target: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders-local-events',
  caller: 'ingest-orders',
};
const planned = (...rules: FaultRule[]) => {
  const faults = new Faults();
  faults.plan({ seed: 7, rules });
  return faults;
};
const strikes = (faults: Faults, occasion: Occasion, count: number) =>
  Array.from({ length: count }, () => faults.at(occasion, ['error', 'throttle']) !== undefined);

describe('the adversary', () => {
  it('does nothing without a plan', () => {
    const faults = new Faults();
    expect(faults.active).toBe(false);
    expect(faults.at(put, ['error'])).toBeUndefined();
  });

  it('strikes at the same occasions again under the same seed, and at others under another', () => {
    const rule: FaultRule = { fault: 'error', service: 'dynamodb', rate: 0.5 };
    const first = strikes(planned(rule), put, 64);
    expect(strikes(planned(rule), put, 64)).toEqual(first);
    const other = new Faults();
    other.plan({ seed: 8, rules: [rule] });
    expect(strikes(other, put, 64)).not.toEqual(first);
    const count = first.filter(Boolean).length;
    expect(count).toBeGreaterThan(16);
    expect(count).toBeLessThan(48);
  });

  it('decides for each target by itself: work elsewhere changes nothing', () => {
    const rule: FaultRule = { fault: 'error', service: 'dynamodb', rate: 0.5 };
    const alone = strikes(planned(rule), put, 32);
    const faults = planned(rule);
    const mixed = Array.from({ length: 32 }, () => {
      faults.at({ ...put, target: 'another' }, ['error']);
      return faults.at(put, ['error']) !== undefined;
    });
    expect(mixed).toEqual(alone);
  });

  it('lets the first occasions pass, and strikes no more often than it is told', () => {
    const faults = planned({ fault: 'throttle', service: 'dynamodb', skip: 2, times: 3 });
    expect(strikes(faults, put, 8)).toEqual([false, false, true, true, true, false, false, false]);
    expect(faults.report().rules[0]).toMatchObject({ seen: 8, struck: 3 });
  });

  it.each<[string, Partial<FaultRule>, boolean]>([
    ['the name of the target', { target: 'orders-local-events' }, true],
    ['a part of its name', { target: '*-events' }, true],
    ['its ARN', { target: put.target }, true],
    ['another target', { target: 'orders-local-views' }, false],
    ['the operation', { operation: 'Put*' }, true],
    ['another operation', { operation: 'GetItem' }, false],
    ['the caller', { caller: 'ingest-*' }, true],
    ['another caller', { caller: 'root' }, false],
    ['every service', { service: '*' }, true],
    ['another service', { service: 'sqs' }, false],
  ])('judges a rule by %s', (_, members, strikes) => {
    const faults = planned({ fault: 'error', service: 'dynamodb', ...members });
    expect(faults.at(put, ['error']) !== undefined).toBe(strikes);
  });

  it('does at a place only what can be done there', () => {
    expect(planned({ fault: 'duplicate', service: 'dynamodb' }).at(put, ['error'])).toBeUndefined();
  });
});

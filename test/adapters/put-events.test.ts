import { describe, expect, it } from '@jest/globals';
import { EventBridgeEventBus } from '../../functions/adapters/event-bus';
import { EventBridgeFactPublisher } from '../../functions/adapters/fact-publisher';
import type { Fact } from '../../functions/application/ports';
import { FixedEffects } from '../support/fixed-effects';
import { awsError, ScriptedClient } from '../support/scripted-client';

const fact = (n: number, size = 0): Fact => ({
  type: 'OrderPaid',
  time: '2026-01-01T12:00:00.000Z',
  detail: { id: String(n), text: 'x'.repeat(size) },
});
const facts = (count: number) => Array.from({ length: count }, (_, n) => fact(n));
const ok = (count: number) => ({ Entries: Array.from({ length: count }, (_, n) => ({ EventId: `id-${n}` })) });
const failed = (ErrorCode: string) => ({ ErrorCode, ErrorMessage: 'because' });

function publisherWith(...script: readonly unknown[]) {
  const client = new ScriptedClient(script);
  const effects = new FixedEffects();
  const publisher = new EventBridgeFactPublisher(client.as(), 'orders-test', effects);
  const entries = () => (client.inputs as { Entries: { Detail: string }[] }[]).map(({ Entries }) => Entries);
  const idsOf = () => entries().map((call) => call.map(({ Detail }) => JSON.parse(Detail).id).join());
  return { client, effects, publisher, entries, idsOf };
}

describe('publishing facts', () => {
  it('puts them on the bus under the source of facts, ten a call', async () => {
    const { publisher, entries } = publisherWith(ok(10), ok(2));
    expect(await publisher.publish(facts(12))).toEqual([]);
    expect(entries().map((call) => call.length)).toEqual([10, 2]);
    expect(entries()[0]?.[0]).toEqual({
      EventBusName: 'orders-test',
      Source: 'orderstream',
      DetailType: 'OrderPaid',
      Time: new Date('2026-01-01T12:00:00.000Z'),
      Detail: JSON.stringify(fact(0).detail),
    });
  });

  it('looks at every entry of an answer, and puts again those that failed for a passing reason', async () => {
    const { publisher, idsOf, effects } = publisherWith(
      { FailedEntryCount: 2, Entries: [failed('ThrottlingException'), { EventId: 'a' }, failed('InternalFailure')] },
      { FailedEntryCount: 1, Entries: [{ EventId: 'b' }, failed('InternalFailure')] },
      ok(1),
    );
    expect(await publisher.publish(facts(3))).toEqual([]);
    expect(idsOf()).toEqual(['0,1,2', '0,2', '2']);
    expect(effects.slept).toHaveLength(2);
  });

  it('gives up at once what will never be taken, and after a while what might', async () => {
    const again = { Entries: [failed('ThrottlingException')] };
    const { publisher, idsOf } = publisherWith(
      { Entries: [failed('NotAuthorizedForSourceException'), failed('ThrottlingException'), { EventId: 'a' }] },
      again,
      again,
      again,
    );
    expect(await publisher.publish(facts(3))).toEqual([
      {
        index: 0,
        code: 'NotAuthorizedForSourceException',
        error: 'NotAuthorizedForSourceException: because',
        retryable: false,
      },
      { index: 1, code: 'ThrottlingException', error: 'ThrottlingException: because', retryable: true },
    ]);
    expect(idsOf()).toEqual(['0,1,2', '1', '1', '1']);
  });

  it('counts a call that failed as a failure of each of its entries, and goes on with the next call', async () => {
    const down = Array.from({ length: 4 }, () => awsError('TimeoutError'));
    const { publisher } = publisherWith(...down, ok(1));
    const failures = await publisher.publish(facts(11));
    expect(failures.map(({ index, retryable }) => [index, retryable])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index, true]),
    );
  });

  it('keeps to 256 KB, of an entry and of a call', async () => {
    const { publisher, idsOf } = publisherWith(ok(2), ok(1));
    const large = [fact(0, 100_000), fact(1, 100_000), fact(2, 300_000), fact(3, 100_000)];
    expect(await publisher.publish(large)).toMatchObject([{ index: 2, code: 'EntryTooLarge', retryable: false }]);
    expect(idsOf()).toEqual(['0,1', '3']);
  });
});

describe("putting other people's events on the bus", () => {
  it('leaves them their source and their type', async () => {
    const client = new ScriptedClient([ok(1)]);
    const bus = new EventBridgeEventBus(client.as(), 'orders-test', new FixedEffects());
    const event = { specversion: '1.0', id: 'ce-1' };
    await bus.put([{ source: '/shop', type: 'OrderPlaced', time: '2026-01-01T12:00:00Z', event }]);
    expect(client.inputs).toMatchObject([
      { Entries: [{ Source: '/shop', DetailType: 'OrderPlaced', Detail: JSON.stringify(event) }] },
    ]);
  });
});

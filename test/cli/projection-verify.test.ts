import { describe, expect, it, test } from '@jest/globals';
import type { ProjectionFinding } from '../../functions/application/verify/findings';
import { nextSteps } from '../../functions/cli/format/next-steps';
import type { Operations } from '../../functions/cli/operations';
import { run } from '../support/command-line';
import { orderHistory } from '../support/recorded';
import { VerifiedWorld } from '../support/verified-world';

const verify = async (world: VerifiedWorld, ...args: string[]) =>
  run(['projection', 'verify', ...args], { verifyProjections: world.ports } as Partial<Operations>);
const worldOf = () => new VerifiedWorld([...orderHistory('o-1', 3), ...orderHistory('o-2', 5)]).projected();

describe('orderstream projection verify', () => {
  it('is content with rows that are what their events come to', async () => {
    const { code, out } = await verify(await worldOf());
    expect({ code, out }).toEqual({
      code: 0,
      out: '8 events of 2 streams, 10 rows: every row is what its events come to',
    });
  });

  it('shows what is wrong, and what to do', async () => {
    const world = await worldOf();
    world.damage('order#o-1', (row) => ({ ...row, total: 1, items: undefined }) as never);
    world.damage('order#o-2', () => undefined);
    const { code, out } = await verify(world, 'order-summary');
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'projection     stream     version  found    detail',
      'order-summary  order#o-1        3  differs  items is missing, expected [{"sku":"mug","quantity":2,"unitPrice":…; total is 1, expected 2500',
      'order-summary  order#o-2        0  missing  the stream is at 5; recorded 2026-01-01T12:00:01.000Z',
      '',
      '8 events of 2 streams, 1 row: 2 rows not as they should be',
      '',
      '  orderstream catch-up --projector views --since 2026-01-01T12:00:01.000Z  what is behind or missing',
      '  orderstream projection rebuild order-summary                             what differs, or has no events',
    ]);
  });

  it('answers programs with the fields whole', async () => {
    const world = await worldOf();
    world.damage('order#o-1', (row) => ({ ...row, total: 1 }) as never);
    const { code, out } = await verify(world, '--stream', 'order#o-1', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ...{ ok: false, streams: 1, events: 3, rows: 4, stopped: false },
      findings: [{ stream: 'order#o-1', fields: [{ field: 'total', expected: 2500, found: 1 }] }],
    });
  });

  test.each([
    [
      ['orders'],
      'there is no projection "orders"; one of order-summary, user-profile, inventory-level, feed, insights',
    ],
    [['--generation', '2'], '--generation is of one projection: orderstream projection verify <name>'],
    [['feed', '--generation', '2'], '--generation is of one projection'],
    [['order-summary', '--generation', '0'], '--generation is "0"; a number: 1, 2 …'],
    [['--stream', 'o-1'], '"o-1" is no stream'],
    [['user-profile', '--stream', 'order#o-1'], 'user-profile is not of order#o-1, only of user#…'],
    [['insights', '--stream', 'order#o-1'], 'insights are of all streams together: leave out --stream'],
  ])('%j is refused with what would be right', async (args, message) => {
    const { code, error } = await verify(new VerifiedWorld([]), ...args);
    expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(message) });
  });
});

test('what to do next says each command once, from the earliest on', () => {
  const base = { stream: 'order#o-1', version: 1, newest: 2 };
  const finding = (projection: string, kind: ProjectionFinding['kind'], since?: string): ProjectionFinding => ({
    ...{ ...base, projection, kind },
    ...(since !== undefined && { since }),
  });
  const steps = nextSteps([
    finding('order-summary', 'behind', '2026-01-02T00:00:00.000Z'),
    finding('user-profile', 'missing', '2026-01-01T00:00:00.000Z'),
    finding('order-summary', 'faulted'),
    finding('order-summary', 'ahead'),
    finding('feed', 'differs', '2026-01-03T00:00:00.000Z'),
    finding('feed', 'orphan'),
    finding('insights', 'behind'),
    finding('insights', 'ahead'),
  ]).join('\n');
  expect([...steps.matchAll(/^ {2}(orderstream .*?) {2}/gm)].map(([, command]) => command)).toEqual([
    'orderstream redrive --all --dry-run',
    'orderstream catch-up --projector views --since 2026-01-01T00:00:00.000Z',
    "orderstream verify 'order#o-1'",
    'orderstream catch-up --projector feed --since 2026-01-03T00:00:00.000Z',
    'orderstream replay --to insights',
    'orderstream projection rebuild insights',
  ]);
  expect(steps).toContain('remove it by hand (pk event#<id>)');
});

import { describe, expect, it } from '@jest/globals';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { makeIdle } from '../../../localstack/cloud/idle';

const manual = () => new Clock({ manual: true, startAt: 1_000 });

describe('the clock', () => {
  it('runs what becomes due in the order of the due times, each at its own time', async () => {
    const clock = manual();
    const seen: [string, number][] = [];
    clock.after(3_000, 'late', () => seen.push(['late', clock.now()]));
    clock.after(1_000, 'early', () => {
      seen.push(['early', clock.now()]);
      clock.after(500, 'follow-up', () => seen.push(['follow-up', clock.now()]));
    });
    await clock.advance(25 * 3_600_000);
    expect(seen).toEqual([
      ['early', 2_000],
      ['follow-up', 2_500],
      ['late', 4_000],
    ]);
    expect(clock.now()).toBe(1_000 + 25 * 3_600_000);
  });

  it('does not run a timer that an earlier one cancelled', async () => {
    const clock = manual();
    let ran = false;
    const second = clock.after(10, 'second', () => {
      ran = true;
    });
    clock.after(10, 'first', () => {});
    clock.after(5, 'canceller', () => second.cancel());
    await clock.advance(100);
    expect(ran).toBe(false);
  });

  it('waits for the consequences of each due time before it moves on', async () => {
    const clock = manual();
    const activity = new Activity();
    const idle = makeIdle(clock, activity);
    const times: number[] = [];
    clock.after(1_000, 'starts slow work', () => {
      const done = activity.begin('slow work');
      setImmediate(() => {
        times.push(clock.now());
        done();
      });
    });
    clock.after(2_000, 'later', () => times.push(clock.now()));
    await clock.advance(5_000, async () => {
      await idle();
    });
    expect(times).toEqual([2_000, 3_000]);
  });

  it('of a running kind fires by itself, and can be advanced', async () => {
    const clock = new Clock();
    await new Promise<void>((resolve) => clock.after(1, 'soon', resolve));
    const before = clock.now();
    await clock.advance(3_600_000);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe('idle', () => {
  it('says what is in flight and what will come, when it does not come to rest in time', async () => {
    const clock = manual();
    const activity = new Activity();
    clock.after(60_000, 'retry of order-created', () => {});
    const done = activity.begin('invoke ingest');
    const idle = makeIdle(clock, activity);
    expect(await idle(20)).toEqual({
      idle: false,
      running: ['invoke ingest'],
      next: [{ what: 'retry of order-created', inMs: 60_000 }],
    });
    done();
    expect(await idle(20)).toMatchObject({ idle: true, running: [] });
  });
});

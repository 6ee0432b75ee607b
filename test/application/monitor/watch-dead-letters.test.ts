import { describe, expect, test } from '@jest/globals';
import { watchDeadLetters } from '../../../functions/application/monitor/watch-dead-letters';
import { MemoryFacts } from '../../support/memory-facts';
import { MemoryLooks, MemoryMonitor } from '../../support/memory-monitor';

class World {
  readonly memory = new MemoryMonitor();
  readonly looks = new MemoryLooks();
  readonly facts = new MemoryFacts();

  look(visible: number, looks = this.looks) {
    this.memory.lengths['views-dlq'] = { visible, inFlight: 0, delayed: 0 };
    const now = () => new Date('2026-01-01T12:00:00.000Z');
    return watchDeadLetters({ looks, facts: this.facts, now }, this.memory.lengthsByName());
  }

  get ids() {
    return this.facts.published.map(({ detail }) => detail.id);
  }
}

describe('of a dead-letter queue', () => {
  test('the bus is told what has come, and what to do', async () => {
    const world = new World();
    await expect(world.look(2)).resolves.toEqual(['views']);
    expect(world.facts.published).toEqual([
      {
        type: 'DeadLettered',
        time: '2026-01-01T12:00:00.000Z',
        detail: {
          specversion: '1.0',
          id: 'dead-lettered:views:look-1:2',
          source: 'orderstream',
          type: 'DeadLettered',
          subject: 'views',
          time: '2026-01-01T12:00:00.000Z',
          datacontenttype: 'application/json',
          partitionkey: 'dlq#views',
          correlationid: 'dead-lettered:views:look-1:2',
          data: {
            queue: 'views',
            holds: 'places in streams that project-views could not pass',
            count: 2,
            before: 0,
            action: 'orderstream dlq list views',
          },
        },
      },
    ]);
  });

  test('that stays as long as it was, or gets shorter, nothing is said', async () => {
    const world = new World();
    await world.look(3);
    await expect(world.look(3)).resolves.toEqual([]);
    await expect(world.look(1)).resolves.toEqual([]);
    expect(world.ids).toHaveLength(1);
  });

  test('that gets longer again it is said again, as another event', async () => {
    const world = new World();
    for (const count of [1, 0, 1, 2]) await world.look(count);
    expect(world.ids).toEqual([
      'dead-lettered:views:look-1:1',
      'dead-lettered:views:look-3:1',
      'dead-lettered:views:look-4:2',
    ]);
  });

  test('a look that dies before it is remembered is made again, as the same event', async () => {
    const world = new World();
    const forgetful = Object.assign(new MemoryLooks(), { remember: () => Promise.reject(new Error('died')) });
    await expect(world.look(1, forgetful)).rejects.toThrow('died');
    await world.look(1);
    expect(new Set(world.ids).size).toBe(1);
    expect(world.ids).toHaveLength(2);
  });

  test('what the bus does not take is said at the next look', async () => {
    const world = new World();
    world.facts.refuse = new Map([['DeadLettered', { error: 'ThrottlingException', retryable: true }]]);
    await expect(world.look(1)).rejects.toThrow('DeadLettered was not published: ThrottlingException');
    world.facts.refuse = new Map();
    await expect(world.look(1)).resolves.toEqual(['views']);
  });

  test('messages that somebody holds are still there', async () => {
    const world = new World();
    await world.look(2);
    world.memory.lengths['views-dlq'] = { visible: 0, inFlight: 2, delayed: 0 };
    const looks = { looks: world.looks, facts: world.facts, now: () => new Date(0) };
    await expect(watchDeadLetters(looks, world.memory.lengthsByName())).resolves.toEqual([]);
    expect(world.looks.looks['views-dlq']).toEqual({ count: 2, serial: 1 });
  });
});

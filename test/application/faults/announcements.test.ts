import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { announcedDeadLetters, announcedFaults } from '../../../functions/application/faults/announcements';
import type { ProjectionDeadLetter } from '../../../functions/application/read-models/ports';
import { MemoryFacts } from '../../support/memory-facts';
import { recorded } from '../../support/recorded';

const since = '2026-01-02T00:00:00.000Z';
const fault = {
  projection: 'order-summary',
  generation: 2,
  stream: 'order#o-1',
  version: 3,
  error: 'UnreadableEvent: no',
  since,
};

describe('a fault', () => {
  it('is a CloudEvent with its place, its event’s story, and the same id however often it is met', async () => {
    const facts = new MemoryFacts();
    const event = recorded('order#o-1', 3, 'OrderBewitched', { secret: 1 });
    for (const _ of [1, 2]) await announcedFaults(facts).met({ ...fault, event });
    const [first, second] = facts.published;
    expect(second).toEqual(first);
    expect(first).toEqual({
      type: 'ProjectionFaulted',
      time: since,
      detail: {
        specversion: '1.0',
        id: 'fault:order-summary:2:order#o-1@3',
        source: 'orderstream',
        type: 'ProjectionFaulted',
        subject: 'o-1',
        time: since,
        datacontenttype: 'application/json',
        partitionkey: 'order#o-1',
        correlationid: 'story-o-1',
        causationid: 'o-1-3',
        data: { ...fault, type: 'OrderBewitched' },
      },
    });
    expect(new CloudEvent(first?.detail as object).validate()).toBe(true);
  });

  it('of an event that nobody can read has neither type nor story', async () => {
    const facts = new MemoryFacts();
    await announcedFaults(facts).met(fault);
    expect(facts.published[0]?.detail).toMatchObject({
      correlationid: 'fault:order-summary:2:order#o-1@3',
      data: fault,
    });
    expect(facts.published[0]?.detail).not.toHaveProperty('causationid');
  });

  it.each([true, false])('is not told when the bus does not take it (for a passing reason: %s)', async (retryable) => {
    const facts = new MemoryFacts();
    facts.refuse = new Map([['ProjectionFaulted', { error: 'away', retryable }]]);
    await expect(announcedFaults(facts).met(fault)).rejects.toThrow('ProjectionFaulted was not published: away');
  });
});

describe('a dead letter', () => {
  const letters = [1, 2].map((version) => ({ stream: 'order#o-1', version, error: 'EntryTooLarge' }));
  const queueing = () => {
    const queued: ProjectionDeadLetter[] = [];
    const facts = new MemoryFacts();
    const queue = { send: async (sent: readonly ProjectionDeadLetter[]) => void queued.push(...sent) };
    return { queued, facts, dead: announcedDeadLetters('feed', { letters: queue, facts, now: () => new Date(since) }) };
  };

  it('is told with its place, then queued', async () => {
    const { queued, facts, dead } = queueing();
    await dead.send(letters);
    expect(queued).toEqual(letters);
    expect(facts.published.map(({ type, detail }) => [type, detail.id, detail.data])).toEqual(
      letters.map((letter) => [
        'DeadLettered',
        `dead-lettered:feed:order#o-1@${letter.version}:${since}`,
        { queue: 'feed', ...letter, action: 'orderstream dlq list feed' },
      ]),
    );
    for (const { detail } of facts.published) expect(new CloudEvent(detail).validate()).toBe(true);
  });

  it('is not queued while nobody could be told: its record comes again', async () => {
    const { queued, facts, dead } = queueing();
    facts.refuse = new Map([['DeadLettered', { error: 'away', retryable: true }]]);
    await expect(dead.send(letters)).rejects.toThrow('DeadLettered was not published: away');
    expect(queued).toEqual([]);
  });
});

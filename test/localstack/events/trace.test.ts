import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { busArn, EventsUnderTest, functionArn, queueArn, ruleArn } from './events-under-test';

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

const shop = { source: ['shop'] };
const archiveArn = 'arn:aws:events:us-east-1:000000000000:archive/a';
const down = new AwsError('ServiceException', 'down', { status: 500 });
/** Puts an event as the front door does: as a consequence of the hop of the call. */
const putIn = async (hop: string, more: object = {}) => events.trace.within(hop, () => events.put(more));
const call = () => events.trace.note({ service: 'events', operation: 'PutEvents', target: '', by: 'f', about: '' });

test('a delivery is a hop of its own, and the cause of what the target does', async () => {
  await events.rule('r', shop);
  const cause = call();
  await putIn(cause);
  const [hop] = events.trace.find('o-1').filter(({ operation }) => operation === 'Deliver');
  expect(hop).toEqual({
    id: events.delivered[0]?.cause,
    causes: [cause],
    service: 'events',
    operation: 'Deliver',
    target: functionArn('r'),
    by: ruleArn('r'),
    startedAt: events.clock.now(),
    endedAt: events.clock.now(),
    outcome: 'ok',
  });
});

test('retries follow each other, across a restart, to the dead-letter queue', async () => {
  const target = {
    Id: 't',
    Arn: functionArn('r'),
    DeadLetterConfig: { Arn: queueArn('dlq') },
    RetryPolicy: { MaximumRetryAttempts: 2 },
  };
  await events.rule('r', shop, [target]);
  events.failures.set(functionArn('r'), down);
  await events.put();
  await events.clock.advance(1_000);
  await events.restart();
  await events.clock.advance(2_000);
  expect(events.hops('o-1')).toEqual([
    `Deliver ${functionArn('r')} ERROR_FROM_TARGET`,
    `Deliver ${functionArn('r')} ERROR_FROM_TARGET`,
    `Deliver ${functionArn('r')} ERROR_FROM_TARGET`,
    `DeadLetter ${queueArn('dlq')} ok`,
  ]);
  const hops = events.trace.find('o-1');
  expect(hops.slice(1).map(({ causes }) => causes)).toEqual(hops.slice(0, -1).map(({ id }) => [id]));
  expect(events.delivered[0]?.cause).toBe(hops.at(-1)?.id);
});

test('a dead-letter queue that is not there is an outcome too', async () => {
  await events.rule('r', shop, [{ Id: 't', Arn: functionArn('r'), DeadLetterConfig: { Arn: queueArn('dlq') } }]);
  events.failures.set(functionArn('r'), new AwsError('AccessDeniedException', 'no'));
  events.failures.set(queueArn('dlq'), new AwsError('QueueDoesNotExist', 'none'));
  await events.put();
  expect(events.hops('o-1')).toEqual([
    `Deliver ${functionArn('r')} NO_PERMISSIONS`,
    `DeadLetter ${queueArn('dlq')} NO_RESOURCE`,
  ]);
});

test('the way over another bus is one way', async () => {
  await events.run('CreateEventBus', { Name: 'b' });
  await events.rule('on-b', shop, undefined, { EventBusName: 'b' });
  await events.rule('forward', shop, [{ Id: 'b', Arn: busArn('b') }]);
  await events.put();
  const [forward, deliver] = events.trace.find('o-1');
  expect([forward?.target, deliver?.target]).toEqual([busArn('b'), functionArn('on-b')]);
  expect(deliver?.causes).toEqual([forward?.id]);
  expect(deliver?.by).toBe(ruleArn('b/on-b'));
});

test('archive, replay and what the replay delivers are hops', async () => {
  await events.run('CreateArchive', { ArchiveName: 'a', EventSourceArn: busArn('default') });
  await events.put();
  await events.rule('r', shop);
  const started = call();
  await events.trace.within(started, () =>
    events.run('StartReplay', {
      ReplayName: 'again',
      EventSourceArn: archiveArn,
      EventStartTime: 0,
      EventEndTime: 4e9,
      Destination: { Arn: busArn('default') },
    }),
  );
  await events.activity.quiet();
  const hops = events.trace.find('o-1').filter(({ id }) => id !== started);
  expect(hops.map(({ operation, target }) => [operation, target])).toEqual([
    ['Archive', archiveArn],
    ['Replay', busArn('default')],
    ['Deliver', functionArn('r')],
  ]);
  expect(hops[1]?.causes).toEqual([started]);
  expect(hops[1]?.by).toBe('arn:aws:events:us-east-1:000000000000:replay/again');
  expect(hops[2]?.causes).toEqual([hops[1]?.id]);
});

test('a schedule begins a way of its own', async () => {
  await events.rule('sweep', undefined, undefined, { ScheduleExpression: 'rate(1 minute)' });
  await events.clock.advance(60_000);
  const [schedule, deliver] = events.trace.latest(2);
  expect(schedule).toMatchObject({ operation: 'Schedule', target: ruleArn('sweep'), causes: [] });
  expect(deliver).toMatchObject({ operation: 'Deliver', causes: [schedule?.id] });
});

const Root = 'Root=1-5759e988-bd862e3fe1be46a994272793';

test('a trace header of an entry names one more cause, and goes on to queues', async () => {
  const target = { Id: 't', Arn: queueArn('q'), DeadLetterConfig: { Arn: queueArn('dlq') } };
  await events.rule('r', shop, [target]);
  const [cause, parent] = [call(), call()];
  const TraceHeader = `${Root};Parent=${parent};Sampled=1`;
  await putIn(cause, { TraceHeader });
  expect(events.trace.find('o-1').find(({ operation }) => operation === 'Deliver')?.causes).toEqual([cause, parent]);
  expect(events.delivered.splice(0)[0]?.message).toMatchObject({ traceHeader: TraceHeader });
  events.failures.set(queueArn('q'), down);
  await putIn(cause, { TraceHeader });
  await events.restart();
  events.failures.set(queueArn('q'), new AwsError('AccessDeniedException', 'no'));
  await events.clock.advance(1_000);
  expect(events.delivered[0]).toMatchObject({ arn: queueArn('dlq'), message: { traceHeader: TraceHeader } });
});

test('a trace header that is not valid is dropped, the event is not', async () => {
  await events.rule('r', shop, [{ Id: 't', Arn: queueArn('q') }]);
  await events.put({ TraceHeader: 'Root=1' });
  expect(events.delivered[0]?.message).not.toHaveProperty('traceHeader');
  await expect(events.put({ TraceHeader: 'x'.repeat(501) })).rejects.toThrow("at 'entries.1.member.traceHeader'");
});

import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { lifecycle, payloads } from '../support/orders';
import { System } from '../support/system';

let system: System;
let queueUrl: string;

/** A subscriber as a user would make one: a rule on the bus for facts, to a queue. */
beforeAll(async () => {
  system = await System.start();
  const name = system.newId('facts').slice(0, 60);
  const { QueueUrl } = await system.sqs.send(new CreateQueueCommand({ QueueName: name }));
  queueUrl = QueueUrl!;
  const { Attributes } = await system.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queueArn = Attributes!.QueueArn!;
  const EventBusName = system.outputs.OrderBusName;
  const { RuleArn } = await system.bus.send(
    new PutRuleCommand({ Name: name, EventBusName, EventPattern: JSON.stringify({ source: ['orderstream'] }) }),
  );
  await system.sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: queueArn,
              Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
            },
          ],
        }),
      },
    }),
  );
  await system.bus.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets: [{ Id: 'queue', Arn: queueArn }] }));
}, 60_000);
afterAll(() => system?.stop());

// biome-ignore lint/suspicious/noExplicitAny: EventBridge envelopes as they come.
async function factsAbout(subject: string): Promise<any[]> {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const facts: any[] = [];
  for (;;) {
    const { Messages } = await system.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: system.cloud ? 0 : 2 }),
    );
    // The bus may be shared with others.
    if (!Messages?.length) return facts.filter(({ detail }) => detail.subject === subject);
    facts.push(...Messages.map(({ Body }) => JSON.parse(Body!)));
    await system.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle })),
      }),
    );
  }
}

describe('facts', () => {
  it('go on the bus once per event, as self-sufficient CloudEvents', async () => {
    const orderId = system.newId('o');
    await system.put(...lifecycle(orderId));
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toHaveLength(5));
    const events = await system.stream(`order#${orderId}`);
    const facts = await factsAbout(orderId);
    const byVersion = facts.toSorted((a, b) => Number(a.detail.sequence) - Number(b.detail.sequence));
    expect(byVersion.map((fact) => fact['detail-type'])).toEqual(lifecycle(orderId).map(({ type }) => type));
    for (const [index, fact] of byVersion.entries()) {
      expect(fact).toMatchObject({ source: 'orderstream', 'detail-type': events[index]!.type });
      // The official SDK is the judge of what a CloudEvent is.
      expect(new CloudEvent(fact.detail).validate()).toBe(true);
      expect(fact.detail).toMatchObject({
        specversion: '1.0',
        id: `order#${orderId}@${index + 1}`,
        originid: events[index]!.id,
        source: 'orderstream',
        type: events[index]!.type,
        partitionkey: `order#${orderId}`,
        correlationid: events[index]!.correlationId,
        causationid: events[index]!.causationId,
        data: { userId: 'u-1', total: 2990, currency: 'EUR' },
      });
    }
    expect(byVersion.map(({ detail }) => [detail.data.statusBefore, detail.data.statusAfter])).toEqual([
      ['none', 'created'],
      ['created', 'confirmed'],
      ['confirmed', 'paid'],
      ['paid', 'shipped'],
      ['shipped', 'delivered'],
    ]);
  });

  it('tell the producer about a rejected event: which field, which value, what would be right', async () => {
    const orderId = system.newId('o');
    const [entry] = await system.put({
      type: 'OrderCreated',
      detail: { ...payloads.created(orderId), currency: 'XXXX' },
    });
    const rejected = await system.settled(() => factsAbout(orderId));
    expect(rejected.map((fact) => fact['detail-type'])).toEqual(['EventRejected']);
    expect(rejected[0]!.detail.data).toMatchObject({
      problems: [{ field: expect.stringContaining('currency'), value: 'XXXX', expected: expect.any(String) }],
    });
    expect(JSON.stringify(rejected[0]!.detail)).toContain(entry!.EventId);
  });

  it('carry no personal plain text', async () => {
    const userId = system.newId('u');
    await system.put({ type: 'UserCreated', detail: { userId, email: 'ada@example.com', name: 'Ada Lovelace' } });
    const facts = await system.settled(() => factsAbout(userId));
    expect(facts.map((fact) => fact['detail-type'])).toEqual(['UserCreated']);
    expect(JSON.stringify(facts)).not.toMatch(/ada@example\.com|Ada Lovelace/);
  });

  it('cannot be forged: the source `orderstream` is refused to everybody else', async () => {
    const orderId = system.newId('o');
    const [answer] = await system.put({
      source: 'orderstream',
      type: 'OrderCreated',
      detail: payloads.created(orderId),
    });
    expect(answer!.EventId).toBeUndefined();
    expect(answer!.ErrorCode).toBe('AccessDeniedException');
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toEqual([]));
    expect(await factsAbout(orderId)).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import type { Access, Principal } from '../../../localstack/cloud/core/service';
import { account, arn, root, SqsUnderTest } from './sqs-under-test';

const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: 'events.amazonaws.com' };
const rule = `arn:aws:events:us-east-1:${account}:rule/r`;

describe('other services', () => {
  let sqs: SqsUnderTest;
  beforeEach(async () => {
    sqs = new SqsUnderTest();
    await sqs.queue('q', { VisibilityTimeout: '3' });
  });
  afterEach(() => sqs.stop());

  test('send, receive, release and delete', () => {
    const { peer } = sqs;
    const { messageId } = peer.send(
      arn('q'),
      { body: 'm', attributes: { A: { DataType: 'String', StringValue: 'v' } } },
      root,
    );
    const [message] = peer.receive(arn('q'), 10);
    expect(message).toMatchObject({
      messageId,
      body: 'm',
      messageAttributes: { A: { StringValue: 'v' } },
      attributes: { ApproximateReceiveCount: '1' },
    });
    peer.release(arn('q'), message?.receiptHandle as string, 0);
    const [again] = peer.receive(arn('q'), 10);
    peer.delete(arn('q'), message?.receiptHandle as string);
    peer.delete(arn('q'), again?.receiptHandle as string);
    expect(peer.visibilityTimeout(arn('q'))).toBe(3_000);
    expect(peer.receive(arn('q'), 10)).toEqual([]);
  });

  test('hand on a trace header', () => {
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    sqs.peer.send(arn('q'), { body: 'm', traceHeader }, root);
    expect(sqs.peer.receive(arn('q'), 1)).toMatchObject([{ attributes: { AWSTraceHeader: traceHeader } }]);
  });

  test('are woken at once when something can be received, until they end that', async () => {
    const { peer } = sqs;
    let woken = 0;
    const stop = peer.onMessage(arn('q'), () => woken++);
    peer.send(arn('q'), { body: 'a' }, root);
    expect(woken).toBe(1);
    peer.receive(arn('q'), 10);
    await sqs.clock.advance(3_000);
    expect(woken).toBe(2);
    stop();
    peer.send(arn('q'), { body: 'b' }, root);
    expect(woken).toBe(2);
  });

  test('hear at once of what is there already', () => {
    sqs.peer.send(arn('q'), { body: 'a' }, root);
    let woken = 0;
    sqs.peer.onMessage(arn('q'), () => woken++);
    expect(woken).toBe(1);
  });

  test('are told when there is no such queue', () => {
    expect(() => sqs.peer.send(arn('none'), { body: 'a' }, root)).toThrow(
      expect.objectContaining({ code: 'QueueDoesNotExist' }),
    );
  });
});

test('what services send is judged', async () => {
  const judged: { principal: Principal; access: readonly Access[] }[] = [];
  const denied = new AwsError('AccessDenied', 'no');
  let allowed = true;
  const sqs = new SqsUnderTest({
    authorize: (principal, access) => {
      judged.push({ principal, access });
      if (!allowed) throw denied;
    },
  });
  await sqs.queue('q');
  const send = () => sqs.peer.send(arn('q'), { body: 'm' }, events, rule);
  send();
  expect(judged).toEqual([
    {
      principal: events,
      access: [
        {
          action: 'sqs:SendMessage',
          resource: arn('q'),
          context: { 'aws:SourceArn': rule, 'aws:SourceAccount': account },
        },
      ],
    },
  ]);
  allowed = false;
  expect(send).toThrow(denied);
  await sqs.stop();
});

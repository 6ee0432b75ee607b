import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Access, Principal } from '../../../localstack/cloud/core/service';
import { account, arn, root, SqsUnderTest } from './sqs-under-test';

const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: 'events.amazonaws.com' };
const role: Principal = {
  kind: 'role',
  roleArn: `arn:aws:iam::${account}:role/r`,
  arn: `arn:aws:sts::${account}:assumed-role/r/s`,
};
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

describe('the policy of the queue', () => {
  const judged: { principal: Principal; access: Access }[] = [];
  const given: { verdict: 'allow' | 'deny' | 'none'; roleMay: boolean } = { verdict: 'none', roleMay: false };
  let sqs: SqsUnderTest;
  let url: string;
  beforeEach(async () => {
    judged.length = 0;
    Object.assign(given, { verdict: 'none', roleMay: false });
    sqs = new SqsUnderTest({
      judge: (_policy, principal, access) => {
        judged.push({ principal, access });
        return given.verdict;
      },
      authorize: () => {
        if (!given.roleMay) throw new Error('not allowed by the role');
      },
    });
    url = await sqs.queue('q', { Policy: '{"Statement":[]}' });
  });
  afterEach(() => sqs.stop());

  const send = (principal: Principal) => () => sqs.peer.send(arn('q'), { body: 'm' }, principal, rule);

  test('must allow an AWS service', () => {
    expect(send(events)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
    given.verdict = 'allow';
    send(events)();
    expect(judged[1]).toEqual({
      principal: events,
      access: {
        action: 'sqs:SendMessage',
        resource: arn('q'),
        context: { 'aws:SourceArn': rule, 'aws:SourceAccount': account },
      },
    });
  });

  test('need not allow a role that is allowed by its own policies', () => {
    expect(send(role)).toThrow('not allowed by the role');
    given.roleMay = true;
    send(role)();
    given.verdict = 'deny';
    expect(send(role)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
  });

  test('denies over the API too, to roles and to root', async () => {
    given.verdict = 'deny';
    await expect(
      sqs.run('SendMessage', { QueueUrl: url, MessageBody: 'm' }, { principal: role }),
    ).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    await expect(sqs.send(url, 'by root')).rejects.toMatchObject({ code: 'AccessDenied' });
    given.verdict = 'none';
    await sqs.send(url, 'by root');
  });
});

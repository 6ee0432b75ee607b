import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lifecycle } from '../support/orders';
import { System } from '../support/system';

let system: System;
beforeAll(async () => {
  delete process.env.E2E_OUTPUTS; // What is asked here only a local cloud of our own can answer.
  system = await System.start();
}, 60_000);
afterAll(() => system?.stop());

const hours = (n: number) => system.cloud!.controls.advance(n * 3_600_000);

describe('an event that waits too long', () => {
  it('is decided a last time by the sweep, and rejected with the reason', async () => {
    const { registry, rootCall } = system.cloud!;
    const FunctionName = 'orders-local-ingest-orders';
    const { Environment } = await registry.call('lambda', 'GetFunctionConfiguration', { FunctionName }, rootCall());
    // Three hours instead of fourteen days.
    const Variables = { ...Environment.Variables, PARK_FOR_DAYS: String(3 / 24) };
    await registry.call(
      'lambda',
      'UpdateFunctionConfiguration',
      { FunctionName, Environment: { Variables } },
      rootCall(),
    );

    const orderId = system.newId('o');
    const [created, confirmed, , shipped] = lifecycle(orderId);
    await system.put(created!, confirmed!, shipped!);
    await system.settled(async () =>
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([{ state: 'parked' }]),
    );
    await hours(1);
    expect(await system.inbox(`order#${orderId}`)).toMatchObject([{ state: 'parked' }]);
    await hours(3);
    expect(await system.inbox(`order#${orderId}`)).toMatchObject([
      { state: 'rejected', type: 'OrderShipped', reason: expect.stringContaining('waited too long') },
    ]);
    expect(await system.stream(`order#${orderId}`)).toHaveLength(2);
  }, 60_000);
});

describe('the local cloud', () => {
  const ask = async (path: string) => {
    const answer = await fetch(`${system.endpoint}${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('answers for its health as LocalStack does', async () => {
    const { status, body } = await ask('/_localstack/health');
    expect(status).toBe(200);
    expect(body.services).toMatchObject({ dynamodb: 'running', events: 'running', lambda: 'running' });
  });

  it('says when it is idle, and what is still to come', async () => {
    const { status, body } = await ask('/_cloud/idle');
    expect(status).toBe(200);
    expect(body).toMatchObject({ idle: true, running: [] });
    expect(body.next).toContainEqual({ what: expect.stringContaining('Sweep'), inMs: expect.any(Number) });
  });

  it('refuses by name what is not there', async () => {
    expect(await ask('/_cloud/logs')).toMatchObject({
      status: 501,
      body: { error: expect.stringContaining('logs') },
    });
    const unsigned = await fetch(`${system.endpoint}/`, { method: 'POST' });
    expect(unsigned.status).toBe(403);
    const unknown = await fetch(`${system.endpoint}/`, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/kinesis/aws4_request',
        'x-amz-target': 'Kinesis_20131202.ListStreams',
      },
    });
    expect([unknown.status, await unknown.text()]).toEqual([
      501,
      expect.stringContaining('Kinesis_20131202.ListStreams'),
    ]);
  });
});

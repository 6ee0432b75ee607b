import { describe, expect, it } from '@jest/globals';
import type { FunctionGrants, GrantReport } from '../../functions/application/grants';
import { run } from '../support/command-line';

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const events = arn('dynamodb', 'table/Events');
const grant = (action: string, resource: string, ...used: [action: string, resource: string, count: number][]) => ({
  policy: 'own',
  action,
  resource,
  used: used.map(([action, resource, count]) => ({ action, resource, count })),
});

const ingest: FunctionGrants = {
  function: 'ingest-orders',
  role: 'IngestRole',
  granted: [
    grant('dynamodb:Query', events, ['dynamodb:Query', events, 30]),
    grant('dynamodb:PutItem', events, ['dynamodb:PutItem', events, 12]),
    grant('dynamodb:Scan', events),
    grant('sqs:*', '*', ['sqs:SendMessage', arn('sqs', 'a'), 1], ['sqs:SendMessage', arn('sqs', 'b'), 2]),
  ],
  otherwise: [],
  denied: [],
};
const monitor: FunctionGrants = {
  function: 'monitor',
  role: 'MonitorRole',
  granted: [grant('dynamodb:Query', events, ['dynamodb:Query', events, 1])],
  otherwise: [{ action: 'sqs:SendMessage', resource: arn('sqs', 'open'), count: 1 }],
  denied: [
    {
      ...{ action: 'events:PutEvents', resource: arn('events', 'event-bus/orders-local'), count: 2 },
      statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: arn('events', 'event-bus/orders-local') },
    },
  ],
};

const report = (found: GrantReport | undefined, ...args: string[]) =>
  run(['iam', 'report', ...args], { stage: 'local', grants: { report: async () => found } });
const since = '2026-01-02T00:00:00.000Z';

describe('orderstream iam report', () => {
  it('shows what each function was allowed and did, and what it never did', async () => {
    const { code, out } = await report({ since, functions: [ingest] });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'function       on                     used',
        'ingest-orders  dynamodb table/Events  PutItem 12, Query 30; never Scan',
        '               sqs *                  * 3 (SendMessage, a, b)',
        '',
        `since ${since}: 1 of 4 grants never used; those could be removed, if this run has exercised all that the functions do`,
      ].join('\n'),
    );
  });

  it('shows what was denied with the statement that would allow it, which is bad', async () => {
    const { code, out } = await report({ since, functions: [ingest, monitor] }, 'monitor');
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'function  on                     used',
        'monitor   dynamodb table/Events  Query 1',
        '',
        'allowed by other policies, or by such as have been changed since',
        'function  action           on    calls',
        'monitor   sqs:SendMessage  open      1',
        '',
        'denied',
        'function  action            on                      calls  what would allow it',
        `monitor   events:PutEvents  event-bus/orders-local      2  ${JSON.stringify(monitor.denied[0]!.statement)}`,
        '',
        `since ${since}: 0 of 1 grants never used`,
      ].join('\n'),
    );
  });

  it('calls a resource as its author did, where CloudFormation has made its name', async () => {
    const made = arn('dynamodb', 'table/Orders-local-Data-InboxTable401DAF98-POS7Z7QPKIDW/index/by-state');
    const { out } = await report({ since, functions: [{ ...ingest, granted: [grant('dynamodb:Query', made)] }] });
    expect(out.split('\n')[1]).toBe('ingest-orders  dynamodb table/InboxTable/index/by-state  never Query');
  });

  it('only candidates to remove, and the same for programs', async () => {
    const { out } = await report({ since, functions: [ingest] }, '--unused');
    expect(out.split('\n').slice(0, 3)).toEqual([
      'function       on                     never used',
      'ingest-orders  dynamodb table/Events  Scan',
      '',
    ]);
    const { functions } = JSON.parse((await report({ since, functions: [ingest] }, '--json')).out);
    expect(functions[0].granted.map(({ action, unused }: Record<string, unknown>) => [action, unused])).toEqual([
      ['dynamodb:Query', false],
      ['dynamodb:PutItem', false],
      ['dynamodb:Scan', true],
      ['sqs:*', false],
    ]);
  });

  it('refuses where nobody has noted what is called, and for a function that is not there', async () => {
    const atAws = await report(undefined);
    expect([atAws.code, atAws.error]).toEqual([1, expect.stringContaining('noted by the local cloud alone')]);
    const { error } = await report({ since, functions: [ingest] }, 'ingest-carts');
    expect(error).toContain('there is no function "ingest-carts"; there are: ingest-orders');
  });
});

import { describe, expect, test } from '@jest/globals';
import { LambdaFunctions } from '../../../functions/adapters/monitor/deployed-functions';
import { durationIn, reportedRuns } from '../../../functions/adapters/monitor/run-reports';
import { awsError } from '../../support/scripted-client';

describe('a line of a log', () => {
  test.each<[string, string, number | undefined]>([
    [
      'the report of a run',
      'REPORT RequestId: 8f50\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 90 MB\tInit Duration: 150.20 ms\t\n',
      12.34,
    ],
    ['a report without a fraction', 'REPORT RequestId: 8f50\tDuration: 7 ms\t\n', 7],
    [
      'a report as JSON',
      '{"time":"2026-01-01T12:00:00Z","type":"platform.report","record":{"requestId":"8f50","metrics":{"durationMs":3.5}}}',
      3.5,
    ],
    ['the start as JSON', '{"type":"platform.start","record":{"requestId":"8f50"}}', undefined],
    ['a line that speaks of reports', '{"message":"REPORT RequestId: 1 Duration: 5 ms"}', undefined],
    ['half a line', '{"type":"platform.report"', undefined],
  ])('%s', (_, line, duration) => {
    expect(durationIn(line)).toBe(duration);
  });
});

/** A client whose answers are by the command's name; a function is given what was asked. */
// biome-ignore lint/suspicious/noExplicitAny: what of the API the test wants.
function clientOf(answers: Readonly<Record<string, unknown>>): any {
  return {
    send: async (command: { readonly input: unknown }) => {
      const name = command.constructor.name.replace('Command', '');
      const answer = answers[name];
      const given = typeof answer === 'function' ? answer(command.input) : answer;
      if (given instanceof Error) throw given;
      return given;
    },
  };
}

describe('the runs of a function', () => {
  const now = Date.parse('2026-01-01T12:00:00.000Z');
  const MINUTE = 60_000;
  const deployed = {
    name: 'f',
    servers: { count: 1, by: 'given' },
    queues: [],
    logGroup: 'g',
    jsonLogs: false,
  } as const;
  const report = (at: number, ms: number) => ({ timestamp: at, message: `REPORT RequestId: x\tDuration: ${ms} ms\t` });
  // The paginator wants an instance of the SDK's client.
  const read = async (pages: readonly (readonly object[])[]) => {
    const asked: Record<string, unknown>[] = [];
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    const client = new CloudWatchLogsClient({ region: 'us-east-1' });
    Object.assign(client, {
      send: async ({ input }: { input: Record<string, unknown> }) => {
        asked.push(input);
        const page = asked.length - 1;
        return { events: pages[page] ?? [], ...(page + 1 < pages.length && { nextToken: `${page + 1}` }) };
      },
    });
    return { runs: await reportedRuns(client, deployed, 15 * MINUTE, now), asked };
  };

  test('are counted page by page, in the window that was asked for', async () => {
    const { runs, asked } = await read([
      [report(now - 14 * MINUTE, 10), report(now - 3 * MINUTE, 20), { timestamp: now, message: 'something else' }],
      [report(now - MINUTE, 30)],
    ]);
    expect(runs).toEqual({ count: 3, busyMs: 60, windowMs: 15 * MINUTE });
    expect(asked[0]).toMatchObject({
      logGroupName: 'g',
      startTime: now - 15 * MINUTE,
      filterPattern: '"REPORT RequestId"',
    });
  });

  test('of a clock that is ahead are those of the time before its last', async () => {
    const { runs } = await read([
      [report(now - MINUTE, 1), report(now + 100 * MINUTE, 5), report(now + 110 * MINUTE, 7)],
    ]);
    expect(runs).toEqual({ count: 2, busyMs: 12, windowMs: 15 * MINUTE });
  });

  test('of a log without end are those that were read, in the time that they took', async () => {
    const first = now - 15 * MINUTE;
    const many = Array.from({ length: 100_000 }, (_, n) => report(first + n, 2));
    const { runs, asked } = await read([many, [report(now, 2)]]);
    expect(runs).toEqual({ count: 100_000, busyMs: 200_000, windowMs: 99_999 });
    expect(asked).toHaveLength(1);
  });
});

describe('how many of a function run at a time', () => {
  type Setting = {
    readonly reserved?: number;
    readonly mappings?: readonly object[];
    readonly policy?: boolean;
  };
  async function serversOf({ reserved, mappings = [], policy = false }: Setting) {
    const { LambdaClient } = await import('@aws-sdk/client-lambda');
    const lambda = Object.assign(
      new LambdaClient({ region: 'us-east-1' }),
      clientOf({
        GetAccountSettings: { AccountLimit: { UnreservedConcurrentExecutions: 900 } },
        ListFunctions: {
          Functions: [
            { FunctionName: 'orders-dev-f', LoggingConfig: { LogGroup: 'logs-of-f', LogFormat: 'JSON' } },
            { FunctionName: 'orders-prod-f' },
          ],
        },
        ListEventSourceMappings: { EventSourceMappings: mappings },
        GetFunctionConcurrency: reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved },
        GetPolicy: policy ? {} : awsError('ResourceNotFoundException'),
      }),
    );
    const sqs = clientOf({
      GetQueueUrl: ({ QueueName }: { QueueName: string }) => ({ QueueUrl: `http://q/${QueueName}` }),
      GetQueueAttributes: { Attributes: { ApproximateNumberOfMessages: '4', ApproximateNumberOfMessagesDelayed: '1' } },
    });
    const functions = new LambdaFunctions({ lambda, sqs, logs: clientOf({}) }, { now: () => new Date(0) });
    const [one, another] = await functions.all('dev');
    expect(another).toBeUndefined();
    return one!;
  }
  const queue = (most?: number) => ({
    EventSourceArn: 'arn:aws:sqs:us-east-1:1:some-queue',
    BatchSize: 5,
    ...(most && { ScalingConfig: { MaximumConcurrency: most } }),
  });
  const stream = { EventSourceArn: 'arn:aws:dynamodb:us-east-1:1:table/t/stream/s', ParallelizationFactor: 4 };

  test.each<[string, Setting, number, string]>([
    ['what the account leaves', {}, 900, 'account'],
    ['what is reserved', { reserved: 20 }, 20, 'reserved'],
    ['what the mapping of its queue allows', { mappings: [queue(7)] }, 7, 'mapping'],
    ['what its mappings allow together', { mappings: [queue(2), stream] }, 6, 'mapping'],
    ['what is reserved, if mappings allow more', { reserved: 3, mappings: [queue(7)] }, 3, 'reserved'],
    ['what mappings allow, if more is reserved', { reserved: 30, mappings: [queue(7)] }, 7, 'mapping'],
    ['not what its mapping allows, if others run it too', { mappings: [queue(7)], policy: true }, 900, 'account'],
    ['what the account leaves, if its mapping sets no limit', { mappings: [queue()] }, 900, 'account'],
    ['not what a mapping that is off allows', { mappings: [{ ...stream, State: 'Disabled' }] }, 900, 'account'],
  ])('is %s', async (_, setting, count, by) => {
    expect((await serversOf(setting)).servers).toEqual({ count, by });
  });

  test('beside its queues and its log', async () => {
    expect(await serversOf({ mappings: [queue(2), stream] })).toMatchObject({
      name: 'f',
      queues: [{ name: 'some-queue', messages: 5, batchSize: 5 }],
      logGroup: 'logs-of-f',
      jsonLogs: true,
    });
  });
});

import { expect, it } from '@jest/globals';
import { problemApp } from '../../../functions/handlers/http/problem-app';
import { MemoryTelemetry } from '../../support/memory-telemetry';
import { awsError } from '../../support/scripted-client';

async function answerTo(error: Error) {
  const app = problemApp(new MemoryTelemetry(), () => new Date(0));
  app.get('/', () => {
    throw error;
  });
  const answer = await app.request('/');
  const body = (await answer.json()) as { readonly type: string };
  return [answer.status, body.type.split(':').at(-1), answer.headers.get('retry-after')];
}

it.each([
  ['a throttled table', awsError('ProvisionedThroughputExceededException')],
  ['a fault of the service', Object.assign(new Error('InternalServerError'), { $metadata: { httpStatusCode: 500 } })],
  ['no answer in time', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
])('%s is not the fault of the request: it may be tried again', async (_, error) => {
  expect(await answerTo(error)).toEqual([503, 'unavailable', '1']);
});

it('anything else that is thrown is a fault of ours, and says nothing of what it was', async () => {
  expect(await answerTo(new Error('secret'))).toEqual([500, 'internal-error', null]);
});

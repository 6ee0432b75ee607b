import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(() => cloud.stop());

test('an answer has the time of who asks, so that an SDK on another clock does not take errors for those of its clock', async () => {
  const asked = await fetch(`${cloud.endpoint}/`, { headers: { 'x-amz-date': '20300102T030405Z' } });
  expect(asked.headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  const other = await fetch(`${cloud.endpoint}/`);
  expect(Math.abs(Date.parse(other.headers.get('date')!) - Date.now())).toBeLessThan(3_600_000);
});

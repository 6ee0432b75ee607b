import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startCloud } from '../../../localstack/cloud/cloud';
import { Records } from '../../../localstack/cloud/core/records';
import { Store } from '../../../localstack/cloud/core/store';

test('a parameter that was kept before there were versions is there, and goes on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ssm-unversioned-'));
  // Made by a cloud, so that all else is where a cloud looks for it.
  await (await startCloud({ port: 0, dir })).stop();
  const store = new Store({ dir, sync: false });
  new Records(store.space('ssm-parameters')).set('000000000000/us-east-1//app/one', {
    ...{ name: '/app/one', type: 'String', value: '1', version: 3, tags: { a: 'b' } },
    ...{ modifiedAt: 0, modifiedBy: 'arn:aws:iam::000000000000:root' },
  });
  await store.close();
  for (const version of [3, 4]) {
    const cloud = await startCloud({ port: 0, dir });
    const call = (operation: string, input: object) => cloud.registry.call('ssm', operation, input, cloud.rootCall());
    const { Parameter } = await call('GetParameter', { Name: '/app/one' });
    expect([Parameter.Value, Parameter.Version]).toEqual([`${version - 2}`, version]);
    if (version === 3) await call('PutParameter', { Name: '/app/one', Value: '2', Overwrite: true });
    await cloud.stop();
  }
  rmSync(dir, { recursive: true });
});

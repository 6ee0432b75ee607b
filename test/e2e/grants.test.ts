import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FunctionName, functionNames, stageConfig } from '../../lib/stage-config';
import { commandExercises, queryExercises } from '../support/grants/api-exercises';
import { DeployedFunction } from '../support/grants/deployed-function';
import { ingestExercises } from '../support/grants/ingest-exercises';
import { RoleUnderTest } from '../support/grants/role-under-test';
import { monitorExercises, sweepExercises } from '../support/grants/ticked-exercises';
import { type Exercise, unneeded } from '../support/grants/unneeded';
import { System } from '../support/system';

// Policies are rewritten, and the clock is moved on: a local cloud of our own.
delete process.env.E2E_OUTPUTS;

let system: System;
let lambda: LambdaClient;
beforeAll(async () => {
  system = await System.start();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  lambda = new LambdaClient({ endpoint: system.endpoint!, region: 'us-east-1', credentials });
}, 60_000);
afterAll(async () => {
  lambda?.destroy();
  await system?.stop();
});

const SECOND = 1_000;
const { timeouts } = stageConfig('local');
const visibilityOf = (timeout: number) => 6 * timeout * SECOND;

const exercises: Readonly<
  Partial<Record<FunctionName, (of: DeployedFunction) => readonly Exercise[] | Promise<readonly Exercise[]>>>
> = {
  'ingest-orders': (of) => ingestExercises(of, 'OrdersRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'ingest-inventory': (of) => ingestExercises(of, 'InventoryRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'ingest-users': (of) => ingestExercises(of, 'UsersRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'command-api': commandExercises,
  'query-api': queryExercises,
  'sweep-inbox': sweepExercises,
  monitor: monitorExercises,
};

it.each(functionNames.filter((name) => exercises[name]))(
  '%s needs each of its grants',
  async (name) => {
    const of = new DeployedFunction(
      system,
      lambda,
      name,
      await RoleUnderTest.of(system.cloud!, `orders-local-${name}`),
    );
    expect(of.role.grants.length).toBeGreaterThan(5);
    expect(await unneeded(of.role, await exercises[name]!(of))).toEqual([]);
  },
  60_000,
);

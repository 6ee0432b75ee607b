import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FunctionName, functionNames, stageConfig } from '../../lib/stage-config';
import { commandExercises, queryExercises } from '../support/grants/api-exercises';
import { DeployedFunction } from '../support/grants/deployed-function';
import { ingestExercises } from '../support/grants/ingest-exercises';
import { insightsExercises } from '../support/grants/insights-exercises';
import { feedExercises, viewsExercises } from '../support/grants/projector-exercises';
import { rebuildExercises } from '../support/grants/rebuild-exercises';
import { RoleUnderTest } from '../support/grants/role-under-test';
import { monitorExercises, sweepExercises } from '../support/grants/ticked-exercises';
import { type Exercise, unneeded } from '../support/grants/unneeded';
import { Operator } from '../support/operator';
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
  Record<FunctionName, (of: DeployedFunction) => readonly Exercise[] | Promise<readonly Exercise[]>>
> = {
  'ingest-orders': (of) => ingestExercises(of, 'OrdersRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'ingest-inventory': (of) => ingestExercises(of, 'InventoryRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'ingest-users': (of) => ingestExercises(of, 'UsersRedeliveryQueueUrl', visibilityOf(timeouts.ingest)),
  'project-views': (of) => viewsExercises(of, visibilityOf(timeouts.projector)),
  'project-feed': (of) => feedExercises(of, visibilityOf(timeouts.projector)),
  insights: (of) => insightsExercises(of, visibilityOf(timeouts.projector)),
  rebuild: (of) => rebuildExercises(of, visibilityOf(timeouts.rebuild)),
  'command-api': commandExercises,
  'query-api': queryExercises,
  'sweep-inbox': sweepExercises,
  monitor: monitorExercises,
};

it.each(functionNames)(
  '%s needs each of its grants',
  async (name) => {
    const of = new DeployedFunction(
      system,
      lambda,
      name,
      await RoleUnderTest.of(system.cloud!, `orders-local-${name}`),
    );
    expect(of.role.grants.length).toBeGreaterThan(5);
    expect(await unneeded(of.role, await exercises[name](of))).toEqual([]);
  },
  60_000,
);

it('a grant that nothing needs is found out: no exercise uses it, or none fails without it', async () => {
  const role = await RoleUnderTest.of(system.cloud!, 'orders-local-sweep-inbox');
  const sweep = new DeployedFunction(system, lambda, 'sweep-inbox', role);
  const blind = { name: 'sweeps, and nobody looks', run: () => sweep.invoke({}).then(() => undefined) };
  const found = await unneeded(role, [blind]);
  expect(found).toHaveLength(role.grants.length);
  expect(found).toContain('sqs:SendMessage on UsersRedelivery: never used');
  expect(found).toContain(
    'dynamodb:Query on Inbox/index/by-state: taken away, nothing fails of: sweeps, and nobody looks',
  );
});

it('orderstream iam report has noted all of it', async () => {
  const { code, out } = await new Operator(system).run('iam', 'report', 'sweep-inbox');
  expect(code).toBe(1);
  expect(out).toMatch(/sqs .*UsersRedelivery\S+ +SendMessage \d+\n/);
  expect(out).toMatch(/dynamodb:Query .*by-state +\d+ +\{"Effect":"Allow","Action":"dynamodb:Query","Resource":"arn:/);
  expect(out).toMatch(/: 0 of 8 grants never used$/m);
});

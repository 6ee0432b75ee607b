import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/local-assembly';
import { payloads } from '../support/orders';
import { WatchedProject } from '../support/watched-project';

const QUERY_API = 'functions/handlers/query-api.ts';
const INGEST = 'functions/handlers/ingest-orders.ts';
const SERVICE = 'lib/service-stack.ts';

let project: WatchedProject;
let settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

beforeAll(async () => {
  project = new WatchedProject(projectRoot);
  await project.start('--watch');
  settings = {
    endpoint: new URL(project.outputs().QueryUrl!).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}, 60_000);
afterAll(() => project.remove());

/** The query API, with a header that says which code it is. */
const marked = (original: string, marker: string) =>
  original.replace(
    /^export const handler = .*/m,
    `${marker}
export const handler = async (event: LambdaEvent) => {
  const answer = await respond(event);
  return { ...answer, headers: { ...answer.headers, 'x-marker': marker } };
};`,
  );
const marker = async () => (await fetch(`${project.outputs().QueryUrl}health`)).headers.get('x-marker');
const reloaded = (name: string) => project.next(new RegExp(`^[\\d:.]+  reloaded ${name} +in \\d+ ms$`, 'm'));
const descriptionOf = async (FunctionName: string) => {
  const lambda = new LambdaClient(settings);
  const { Description } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  lambda.destroy();
  return Description;
};

describe('npm start -- --watch', () => {
  const queryApi = () => project.read(QUERY_API);

  it('says that it watches', () => {
    expect(project.output).toMatch(/^watching {2}functions, lib, cdk.json/m);
  });

  it('runs what is saved, and drops no event while it swaps', async () => {
    const bus = new EventBridgeClient(settings);
    const ids: string[] = [];
    const put = async (count: number) => {
      const Entries = Array.from({ length: count }, () => {
        const orderId = `w-${ids.length}`;
        ids.push(orderId);
        const Detail = JSON.stringify(payloads.created(orderId));
        return { EventBusName: project.outputs().OrderBusName, Source: 'shop', DetailType: 'OrderCreated', Detail };
      });
      expect((await bus.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
    };
    const original = project.read(INGEST);
    for (let swap = 1; swap <= 4; swap++) {
      project.save(INGEST, `${original}console.log('swap ${swap}');\n`, swap % 2 ? 'in place' : 'by rename');
      let swapping: 'still' | 'done' | Error = 'still';
      reloaded('ingest-orders').then(
        () => {
          swapping = 'done';
        },
        (error: Error) => {
          swapping = error;
        },
      );
      // Not faster than they are taken in, or a backlog is all that is swapped under.
      while (swapping === 'still') {
        await put(5);
        await fetch(`${settings.endpoint}/_cloud/idle`);
      }
      expect(swapping).toBe('done');
    }
    await put(1);
    bus.destroy();
    expect(await (await fetch(`${settings.endpoint}/_cloud/idle?timeout=60000`)).json()).toMatchObject({ idle: true });
    for (const id of ids) {
      const answer = await fetch(`${project.outputs().QueryUrl}orders/${id}/events`);
      expect(await answer.json()).toMatchObject({ items: [{ stream: `order#${id}`, version: 1 }] });
    }
    expect(project.output).not.toMatch(/ERROR|TIMEOUT/);
  }, 60_000);

  it('follows new files, shows what does not build, and takes up what is mended', async () => {
    const original = queryApi();
    const importing = `import { marker } from './query/marker';\n${marked(original, '')}`;
    project.save(QUERY_API, importing);
    await project.next(/functions\/handlers\/query-api\.ts:1:\d+:\n/);
    await project.next(/what ran before goes on/);
    expect(await marker()).toBeNull();
    // The import that could not be resolved.
    project.save('functions/handlers/query/marker.ts', "export const marker = 'one';\n");
    await reloaded('query-api');
    expect(await marker()).toBe('one');
    project.save('functions/handlers/query/marker.ts', 'export const marker = ;\n');
    await project.next(/Unexpected ";"\n\n +functions\/handlers\/query\/marker\.ts:1:22:\n/);
    expect(await marker()).toBe('one');
    project.save('functions/handlers/query/marker.ts', "export const marker = 'two';\n", 'by rename');
    await reloaded('query-api');
    expect(await marker()).toBe('two');
    project.save(QUERY_API, original);
    await reloaded('query-api');
    expect(await marker()).toBeNull();
  }, 60_000);

  it('deploys an app that has changed; one that cannot be synthesised leaves everything as it was', async () => {
    const original = project.read(SERVICE);
    project.save(SERVICE, original.replace("'Keeps the read models'", "(() => { throw new Error('no'); })()"));
    await project.next(/^cdk synth failed:$/m);
    await project.next(/^Error: no$/m);
    await project.next(/what ran before goes on/);
    expect(await descriptionOf('orders-local-project-views')).toBe('Keeps the read models');
    project.save(SERVICE, original.replace('Keeps the read models', 'Keeps what is read'));
    await project.next(/redeployed the app in \d+ ms/);
    expect(await descriptionOf('orders-local-project-views')).toBe('Keeps what is read');
    expect((await fetch(`${project.outputs().QueryUrl}orders/w-0`)).status).toBe(200);
  }, 60_000);

  it('leaves a cloud that the next start brings back to what is in the sources', async () => {
    const original = queryApi();
    project.save(QUERY_API, marked(original, "const marker = 'swapped';"));
    await reloaded('query-api');
    expect(await marker()).toBe('swapped');
    expect(await project.stop()).toBe(0);
    // The sources that the last deployment was made of: no template changes, so CloudFormation finds nothing to do.
    project.save(QUERY_API, original);
    const before = project.output.length;
    await project.start();
    expect(project.output.slice(before)).toContain('back to the code of the sources: orders-local-query-api');
    expect(project.output.slice(before)).not.toContain('synthesising');
    expect(await marker()).toBeNull();
    expect(await project.stop()).toBe(0);
  }, 60_000);
});

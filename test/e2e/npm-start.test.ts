import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readOutputs } from '../../demo/outputs';
import { cliEnvironment, describeWithAwsCli } from '../support/aws-cli';
import { projectRoot } from '../support/local-assembly';
import { NpmStart } from '../support/npm-start';
import { lifecycle } from '../support/orders';

const run = promisify(execFile);
let dir: string;
let started: NpmStart[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'npm-start-'));
});
afterEach(async () => {
  for (const process of started) {
    process.child.kill('SIGKILL');
    await process.end();
  }
  started = [];
  rmSync(dir, { recursive: true, force: true });
});

function npmStart(...options: string[]): NpmStart {
  // Relative, as the default is.
  const process = new NpmStart('--dir', relative(projectRoot, dir), ...options);
  started.push(process);
  return process;
}

const outputs = () => readOutputs(join(dir, 'outputs.json'));
const idle = () => fetch(`${new URL(outputs().QueryUrl!).origin}/_cloud/idle`).then((answer) => answer.json());
const order = async (id: string) => (await fetch(`${outputs().QueryUrl}orders/${id}`)).json();
const putOrder = async (orderId: string) =>
  fetch(`${outputs().CommandUrl}orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ orderId, userId: 'u', currency: 'EUR', items: [{ sku: 'a', quantity: 1, unitPrice: 100 }] }),
  });

describe('npm start', () => {
  it('follows the functions, stops cleanly on Ctrl-C, and finds its state again', async () => {
    const first = npmStart('--port', '0');
    await first.ready();
    const written = JSON.parse(readFileSync(join(dir, 'outputs.json'), 'utf8')) as Record<string, object>;
    expect(Object.keys(written)).toEqual(['Orders-local-Data', 'Orders-local-Service']);
    expect((await putOrder('o-1')).status).toBe(201);
    await idle();
    await first.until(/^\d\d:\d\d:\d\d\.\d{3} {2}orders-local-command-api +url .* ms {2}ok/m);
    await first.until(/^\d\d:\d\d:\d\d\.\d{3} {2}orders-local-project-views +dynamodb ×1 .* ms {2}ok/m);
    expect(await first.end('SIGINT')).toBe(0);

    const second = npmStart('--port', '0');
    await second.ready();
    expect(await order('o-1')).toMatchObject({ orderId: 'o-1', status: 'created' });
    expect(await second.end('SIGTERM')).toBe(0);
  }, 60_000);

  it('loses nothing that it acknowledged when it is killed', async () => {
    const first = npmStart('--port', '0');
    await first.ready();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => putOrder(`k-${n}`)));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    await first.end('SIGKILL');

    const second = npmStart('--port', '0');
    await second.ready();
    await idle();
    for (let n = 0; n < 40; n++) expect(await order(`k-${n}`)).toMatchObject({ orderId: `k-${n}`, status: 'created' });
    await second.end('SIGINT');
  }, 60_000);

  it('brings in every event that PutEvents took, although it is killed in the midst of them', async () => {
    const first = npmStart('--port', '0');
    await first.ready();
    const { OrderBusName, QueryUrl } = outputs();
    const bus = new EventBridgeClient({
      endpoint: new URL(QueryUrl!).origin,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const ids = Array.from({ length: 30 }, (_, n) => `p-${n}`);
    const steps = [0, 1, 2].flatMap((step) => ids.map((id) => lifecycle(id)[step]!));
    for (let at = 0; at < steps.length; at += 10) {
      const Entries = steps.slice(at, at + 10).map(({ type, detail }) => ({
        EventBusName: OrderBusName,
        Source: 'shop',
        DetailType: type,
        Detail: JSON.stringify(detail),
      }));
      expect((await bus.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
    }
    await first.end('SIGKILL');
    bus.destroy();

    const second = npmStart('--port', '0');
    await second.ready();
    expect(await idle()).toMatchObject({ idle: true });
    for (const id of ids) expect(await order(id)).toMatchObject({ orderId: id, status: 'paid', version: 3 });
    await second.end('SIGINT');
  }, 60_000);

  it('says by which port it is hindered, and how to choose another', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const hindered = npmStart('--port', String(port));
    expect(await hindered.end()).toBe(1);
    expect(hindered.output).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(hindered.output).toContain(`npm start -- --port ${port + 1}`);
    squatter.close();
  }, 60_000);

  it('refuses an option that it does not know, by name', async () => {
    const refused = npmStart('--prot', '1');
    expect(await refused.end()).toBe(1);
    expect(refused.output).toContain('--prot');
  }, 60_000);
});

describeWithAwsCli('the command lines that npm start prints', () => {
  it('work when they are pasted', async () => {
    const system = npmStart('--port', '0');
    await system.ready();
    const lines = /try next:\n\n(.*?)\n\nready in/s.exec(system.output)![1]!;
    // A person reads what one command prints before pasting the next; here the cloud comes to rest in between.
    const origin = new URL(outputs().QueryUrl!).origin;
    const script = lines.replace(/^(aws .*|curl .*)$/gm, `$1; echo; curl -s -o /dev/null ${origin}/_cloud/idle`);
    const { stdout, stderr } = await run('bash', ['-euc', script], { env: cliEnvironment(), cwd: projectRoot });
    expect(stderr).toBe('');
    expect(stdout).toContain('"FailedEntryCount": 0');
    expect(stdout).toContain('"order#o-1"');
    expect(await order('o-1')).toMatchObject({ status: 'paid', version: 3, total: 2500 });
    await system.end('SIGINT');
  }, 90_000);
});

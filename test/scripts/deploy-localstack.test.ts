import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import { waitForLocalStack } from '../../scripts/deploy-localstack/health';
import { parseOptions } from '../../scripts/deploy-localstack/options';
import { projectRoot } from '../support/local-assembly';

let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'deploy-localstack-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

/** `npm run deploy:localstack`. */
function run(...args: string[]): Promise<{ code: number; output: string }> {
  const program = [join(projectRoot, 'scripts/run.mjs'), 'scripts/deploy-localstack/main.ts', ...args];
  return new Promise((resolve) => {
    const env = { ...process.env, HOME: dir, AWS_PROFILE: 'production', NODE_ENV: '' };
    execFile(process.execPath, program, { cwd: projectRoot, env }, (error, out, err) =>
      resolve({ code: error ? 1 : 0, output: out + err }),
    );
  });
}

test('the app is deployed on whatever answers as LocalStack does, whatever AWS profile is set', async () => {
  const outputs = join(dir, 'outputs.json');
  const { code, output } = await run('--endpoint', cloud.endpoint, '--outputs', outputs);
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringContaining('LocalStack 4.14.0 (community) at'),
  });
  const stacks = JSON.parse(readFileSync(outputs, 'utf8'));
  expect(Object.keys(stacks).sort()).toEqual(['Orders-local-Data', 'Orders-local-Service']);
  expect(stacks['Orders-local-Service'].QueryUrl).toContain(cloud.endpoint);
}, 90_000);

describe('LocalStack', () => {
  test('is waited for', async () => {
    let now = 0;
    const server = createServer((_, reply) => reply.end('{"services":{},"edition":"community","version":"4.14.0"}'));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const patience = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        if (now === 2000) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      },
    };
    const endpoint = `http://127.0.0.1:${port}`;
    expect(await waitForLocalStack(endpoint, 10_000, patience)).toEqual({ edition: 'community', version: '4.14.0' });
    expect(now).toBe(2000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(waitForLocalStack(endpoint, 5_000, patience)).rejects.toThrow(
      `nothing listens at ${endpoint}. Start LocalStack (docker compose -f localstack/docker-compose.yml up)`,
    );
  });

  test('is not what answers otherwise', async () => {
    const server = createServer((_, reply) => reply.writeHead(404).end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(waitForLocalStack(endpoint, 60_000)).rejects.toThrow(
      `what answers at ${endpoint} is no LocalStack: ${endpoint}/_localstack/health says 404.`,
    );
    server.closeAllConnections();
    server.close();
  });
});

test('options that cannot be are refused with what would be right', () => {
  expect(() => parseOptions(['--wait', 'long'])).toThrow(/--wait long: give seconds\nusage: npm run deploy:localstack/);
  expect(() => parseOptions(['--endpoint', '4566'])).toThrow(/--endpoint 4566 is no URL/);
  expect(parseOptions(['--endpoint', 'http://localhost:4566/', '--wait', '5'])).toMatchObject({
    endpoint: 'http://localhost:4566',
    waitMs: 5000,
    synthOnly: false,
  });
});

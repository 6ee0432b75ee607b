import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';

/** Answers every request with the same small reply: what remains is the cost of HTTP and of the caller. */
export function fixedReplyServer(): Promise<{ endpoint: string; close: () => void }> {
  const body = '{}';
  const server: Server = createServer((incoming, response) => {
    incoming.on('data', () => {});
    incoming.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length });
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        endpoint: `http://127.0.0.1:${port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

/**
 * SDK calls per second that `threads` worker threads make together against a fixed reply for about `seconds`:
 * conditional puts of an item of the usual size, four in flight per thread.
 */
export async function sdkCallsPerSecond(endpoint: string, threads: number, seconds: number): Promise<number> {
  const caller = 'dist/run/sdk-caller.cjs';
  // Bundled as functions are: an SDK that is loaded file by file is slower to call, too.
  buildSync({
    entryPoints: ['bench/support/sdk-caller.ts'],
    outfile: caller,
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
  });
  const counts = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(resolvePath(caller), { workerData: { endpoint, seconds } });
          worker.once('message', (calls: number) => resolve(calls));
          worker.once('error', reject);
        }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

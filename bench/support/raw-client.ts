import { Agent, request } from 'node:http';

/** A plain keep-alive client that speaks awsJson and does not sign: the cheapest caller there can be. */
export class RawClient {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(endpoint: string, connections: number) {
    this.#url = new URL(endpoint);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Calls `target` (`DynamoDB_20120810.PutItem`); resolves with the body, rejects unless the answer is 200. */
  call(service: string, target: string, version: '1.0' | '1.1', body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: this.#url.hostname,
          port: this.#url.port,
          method: 'POST',
          path: '/',
          headers: {
            'content-type': `application/x-amz-json-${version}`,
            'content-length': Buffer.byteLength(body),
            'x-amz-target': target,
            authorization: `AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (incoming.statusCode === 200) resolve(text);
            else reject(new Error(`${target}: ${incoming.statusCode} ${text}`));
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Runs `task(0)` … `task(count - 1)`, `width` at a time; resolves with the seconds it took. */
export async function inParallel(count: number, width: number, task: (n: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (performance.now() - startedAt) / 1000;
}

import { Agent, request } from 'node:http';

/** A plain keep-alive client that speaks awsJson and does not sign: the cheapest caller there can be. */
export class RawClient {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(endpoint: string, connections: number) {
    this.#url = new URL(endpoint);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Calls `target` (`DynamoDB_20120810.PutItem`); resolves with the body, rejects unless the answer is a success. */
  call(service: string, target: string, version: '1.0' | '1.1', body: string): Promise<string> {
    return this.post(service, '/', body, {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
    });
  }

  /** Posts `body`, as REST APIs want it; resolves with the body, rejects unless the answer is a success. */
  post(service: string, path: string, body: string, headers: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: this.#url.hostname,
          port: this.#url.port,
          method: 'POST',
          path,
          headers: {
            'content-length': Buffer.byteLength(body),
            authorization: `AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
            ...headers,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('aborted', () => reject(new Error(`${path}: the connection ended`)));
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const { statusCode = 0 } = incoming;
            if (statusCode >= 200 && statusCode < 300) resolve(text);
            else reject(new Error(`${headers['x-amz-target'] ?? path}: ${statusCode} ${text}`));
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

import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BusEntry, busEvents, consumes, type TableUnits, unitsConsumed, unitsOfRefusal } from './aws-units';

export type MeteredCall = {
  readonly caller: string;
  /** `dynamodb:PutItem` */
  readonly operation: string;
  readonly units: readonly TableUnits[];
  /** Events charged by EventBridge. */
  readonly busEvents: number;
};

const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Stands between functions and a cloud: passes every call on, asks DynamoDB what it consumed (`ReturnConsumedCapacity` is
 * for the caller to set) and writes it down. The functions need not know.
 */
export class Meter {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #calls: MeteredCall[] = [];

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, response) => {
      this.#pass(incoming, response).catch(() => response.destroy());
    });
    // The SDK keeps its connections; one that the server ends first fails the next call.
    this.#server.keepAliveTimeout = 120_000;
  }

  static async start(target: string): Promise<Meter> {
    const meter = new Meter(target);
    await new Promise<void>((resolve) => meter.#server.listen(0, '127.0.0.1', resolve));
    return meter;
  }

  /** The endpoint for one caller. */
  endpointFor(caller: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${caller}`;
  }

  /** The calls since this was last asked. */
  take(): MeteredCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  stop(): Promise<void> {
    this.#agent.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, caller = '', path = ''] = /^\/([^/?]+)(.*)$/.exec(incoming.url ?? '') ?? [];
    const [prefix = '', operation = ''] = String(incoming.headers['x-amz-target'] ?? '').split('.');
    const text = await textOf(incoming);
    const asked = consumes(operation)
      ? JSON.stringify({ ...(JSON.parse(text) as Json), ReturnConsumedCapacity: 'INDEXES' })
      : text;
    const { status, headers, body } = await this.#ask(incoming, path || '/', asked);
    this.#note(caller, SERVICES[prefix] ?? prefix, operation, text, status, body);
    response.writeHead(status, headers);
    response.end(body);
  }

  #ask(incoming: IncomingMessage, path: string, body: string) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: this.#target.hostname,
          port: this.#target.port,
          method: incoming.method,
          path,
          headers: { ...incoming.headers, host: this.#target.host, 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          textOf(answer).then(
            (text) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: text }),
            reject,
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  #note(caller: string, service: string, operation: string, asked: string, status: number, answered: string): void {
    const request = asked ? (JSON.parse(asked) as Json) : {};
    const units =
      service !== 'dynamodb'
        ? []
        : status < 300
          ? unitsConsumed(operation, JSON.parse(answered) as Json)
          : /ConditionalCheckFailed|TransactionCanceled/.test(answered)
            ? unitsOfRefusal(operation, request)
            : [];
    const entries = operation === 'PutEvents' ? (request.Entries as readonly BusEntry[]) : [];
    this.#calls.push({
      caller,
      operation: `${service}:${operation}`,
      units,
      busEvents: entries.reduce((sum, entry) => sum + busEvents(entry), 0),
    });
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

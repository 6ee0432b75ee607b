import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpReply, HttpRequest } from '../core/http';
import { parseAmzDate } from '../core/sigv4';

/** Larger bodies are refused: more than any AWS API takes in one request here (a Lambda zip upload: 50 MB). */
const MAX_BODY = 128 * 1024 * 1024;

/** Thrown by a handler: the connection ends without an answer. */
export class HangUp extends Error {}

export type Handler = (request: HttpRequest, host: string) => Promise<HttpReply>;

/** Listens, reads each request whole, writes the handler's reply. */
export class HttpServer {
  readonly #server: Server;

  constructor(handler: Handler) {
    this.#server = createServer((incoming, response) => receive(incoming, response, handler));
    // SDKs keep connections for reuse; a server that closes them first makes their next call fail.
    this.#server.keepAliveTimeout = 120_000;
    this.#server.requestTimeout = 0;
  }

  /** Resolves with the port (useful when asked for port 0). Rejects with EADDRINUSE when it is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function receive(incoming: IncomingMessage, response: ServerResponse, handler: Handler): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  });
  const date = callersTime(incoming);
  if (date !== undefined) response.setHeader('date', date);
  incoming.on('end', () => {
    if (size > MAX_BODY) {
      send(response, { status: 413, body: 'Request body too large' });
      return;
    }
    const url = incoming.url ?? '/';
    const mark = url.indexOf('?');
    const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
    const request: HttpRequest = {
      method: incoming.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      rawQuery,
      query: new URLSearchParams(rawQuery),
      headers: incoming.headers,
      body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    };
    handler(request, incoming.headers.host ?? 'localhost').then(
      (reply) => send(response, reply),
      (error: unknown) => {
        if (error instanceof HangUp) {
          incoming.socket.destroy();
          return;
        }
        console.error(error);
        send(response, {
          status: 500,
          headers: { 'content-type': 'application/json' },
          body: '{"message":"InternalFailure"}',
        });
      },
    );
  });
}

/**
 * The `Date` of an answer is what the caller's clock says. That may be the machine's or, in functions, the cloud's, which can
 * be ahead of it by days: and an SDK that is told another time than its own takes errors for those of its clock, and tries
 * again what must not be tried again.
 */
function callersTime({ headers }: IncomingMessage): string | undefined {
  const asked = headers['x-amz-date'];
  if (typeof asked !== 'string') return undefined;
  if (asked !== known.asked) {
    const time = parseAmzDate(asked);
    known = { asked, shown: Number.isNaN(time) ? undefined : new Date(time).toUTCString() };
  }
  return known.shown;
}

/** Of one second there are thousands of requests. */
let known: { readonly asked: string; readonly shown: string | undefined } = { asked: '', shown: undefined };

function send(response: ServerResponse, reply: HttpReply): void {
  const body = reply.body ?? '';
  response.writeHead(reply.status, {
    'content-length': Buffer.byteLength(body),
    ...(reply.headers as Record<string, string | string[]> | undefined),
  });
  response.end(body);
}

import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer };

/** Parts of a request that differ from run to run. */
const FLEETING = ['ClientRequestToken', 'ClientToken', 'RoleSessionName'];

/**
 * Stands before a cloud and writes down what it answers; then plays it back without it. A command that is run against the
 * playback takes what it takes by itself: the cloud's own work is none.
 */
export class Playback {
  readonly #target: URL;
  readonly #server: Server;
  readonly #answers = new Map<string, Answer[]>();
  /** How many answers to a question have been given in this playback; undefined while answers are written down. */
  #given: Map<string, number> | undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, response) => {
      const answered = async () => {
        const asked = await bytesOf(incoming);
        const { status, headers, body } = this.#given ? this.#play(incoming, asked) : await this.#pass(incoming, asked);
        response.writeHead(status, headers);
        response.end(body);
      };
      answered().catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<Playback> {
    const playback = new Playback(target);
    await new Promise<void>((resolve) => playback.#server.listen(0, '127.0.0.1', resolve));
    return playback;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on, answers what has been written down, from the beginning. */
  rewind(): void {
    this.#given = new Map();
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #play(incoming: IncomingMessage, asked: Buffer): Answer {
    const key = keyOf(incoming, asked);
    const answers = this.#answers.get(key);
    if (!answers) throw new Error(`nobody has asked this before: ${key}`);
    const number = this.#given!.get(key) ?? 0;
    this.#given!.set(key, number + 1);
    return answers[Math.min(number, answers.length - 1)]!;
  }

  async #pass(incoming: IncomingMessage, asked: Buffer): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const { method, url: path, headers } = incoming;
      const outgoing = request(
        { host: this.#target.hostname, port: this.#target.port, method, path, headers },
        (reply) => {
          bytesOf(reply).then((body) => {
            const { 'transfer-encoding': _, ...rest } = reply.headers;
            resolve({ status: reply.statusCode ?? 500, headers: rest, body });
          }, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(asked);
    });
    const key = keyOf(incoming, asked);
    this.#answers.set(key, [...(this.#answers.get(key) ?? []), answer]);
    return answer;
  }
}

function keyOf({ method, url, headers }: IncomingMessage, body: Buffer): string {
  const form = String(headers['content-type']).startsWith('application/x-www-form-urlencoded');
  if (!form) return `${method} ${url} ${body}`;
  const parameters = new URLSearchParams(body.toString());
  for (const name of FLEETING) parameters.delete(name);
  return `${method} ${url} ${parameters}`;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

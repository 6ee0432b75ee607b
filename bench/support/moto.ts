import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** moto's server, a peer to compare with, where Python has it. */
export class Moto {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.endpoint = endpoint;
  }

  /** Undefined, with a word on stderr, when moto is not installed. */
  static async start(): Promise<Moto | undefined> {
    const port = await freePort();
    const child = spawn('python3', ['-m', 'moto.server', '-p', String(port)], { stdio: 'ignore' });
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    child.once('error', () => {
      ended = true;
    });
    const endpoint = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 150 && !ended; tries++) {
      try {
        await fetch(`${endpoint}/moto-api/`);
        return new Moto(child, endpoint);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    process.stderr.write("… no moto here (pip install 'moto[server]'): nothing to compare with\n");
    child.kill();
    return undefined;
  }

  stop(): void {
    this.#child.kill();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

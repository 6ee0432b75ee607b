/** What `/_localstack/health` tells. */
export type Health = { readonly edition: string; readonly version: string };

/** Time, as whoever waits sees it. */
export type Patience = { now(): number; sleep(ms: number): Promise<void> };

const REAL: Patience = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** How often to ask, in milliseconds. */
const EVERY = 500;

/**
 * Waits until LocalStack (or the local cloud, which answers as it does) is there. Throws an error whose message is meant for
 * people: at once where something else answers, after `waitMs` where nothing does.
 */
export async function waitForLocalStack(endpoint: string, waitMs: number, patience = REAL): Promise<Health> {
  const until = patience.now() + waitMs;
  for (;;) {
    const reply = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
    if (reply) return await read(endpoint, reply);
    if (patience.now() >= until) {
      throw new Error(
        `nothing listens at ${endpoint}. Start LocalStack (docker compose -f localstack/docker-compose.yml up) or the local cloud (npm start).`,
      );
    }
    await patience.sleep(EVERY);
  }
}

async function read(endpoint: string, reply: Response): Promise<Health> {
  const health = (await reply.json().catch(() => undefined)) as (Partial<Health> & { services?: object }) | undefined;
  if (!reply.ok || health?.services === undefined) {
    throw new Error(
      `what answers at ${endpoint} is no LocalStack: ${endpoint}/_localstack/health says ${reply.status}.`,
    );
  }
  return { edition: health.edition ?? 'unknown', version: health.version ?? 'unknown' };
}

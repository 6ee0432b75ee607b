import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudControls, keptClock } from './controls';
import { Activity } from './core/activity';
import { Clock } from './core/clock';
import { Faults } from './core/faults';
import type { HttpReply, HttpRequest } from './core/http';
import { uuid } from './core/ids';
import { Registry } from './core/registry';
import type { Call, CloudContext } from './core/service';
import { Store } from './core/store';
import { Trace } from './core/trace';
import { DirLock } from './dir-lock';
import { handleAdmin } from './edge/admin/admin';
import type { Controls } from './edge/admin/controls';
import { CallCounter } from './edge/call-counter';
import { type Handler, HttpServer } from './edge/http-server';
import { type Idle, makeIdle } from './idle';
import { RunningServices } from './running-services';

export type CloudOptions = {
  /** 4566 unless given; 0 takes any free port. */
  readonly port?: number;
  /** Address to bind to, 127.0.0.1 unless given. */
  readonly host?: string;
  /** Where state lives. Without it the cloud is ephemeral: a temporary directory, no sync, gone at the end. */
  readonly dir?: string;
  readonly clock?: Clock;
  readonly account?: string;
  readonly region?: string;
  /** Environments of one function that may run at a time: 3 unless given, each of some 30 MB; above it, calls wait. */
  readonly environments?: number;
  /** Whether calls are judged by policies: true unless given. Without, a missing grant only shows at AWS. */
  readonly iam?: boolean;
};

export type Cloud = {
  readonly endpoint: string;
  readonly port: number;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly idle: Idle;
  /** Clock, faults, trace, snapshots and reset: what `/_cloud/…` offers over HTTP. */
  readonly controls: Controls;
  /** A call context as the developer at the keyboard has it, for calls that do not come over HTTP. */
  readonly rootCall: () => Call;
  /** Ends what is in flight, writes everything to disk, frees the port. */
  stop(): Promise<void>;
};

/** Starts a local cloud in this process. Rejects with `EADDRINUSE` when the port is taken. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  // The port comes first: whoever finds it taken has touched nothing, and with it the endpoint is known, which services
  // put into the URLs that they hand out.
  let handle: Handler = async () => ({ status: 503, body: 'the local cloud is starting' });
  const server = new HttpServer((request, host) => handle(request, host));
  const host = options.host ?? '127.0.0.1';
  const port = await server.listen(options.port ?? 4566, host);
  const endpoint = `http://${reachableAs(host)}:${port}`;

  const ephemeral = options.dir === undefined;
  const dir = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'local-cloud-')) : resolve(options.dir);
  const lock = await lockDir(dir, server);
  const store = new Store({ dir, sync: !ephemeral });
  const clock = options.clock ?? new Clock({ startAt: Date.now() + keptClock(store) });
  const registry = new Registry();
  const activity = new Activity();
  const account = options.account ?? '000000000000';
  const region = options.region ?? 'us-east-1';
  const context: CloudContext = {
    clock,
    store,
    registry,
    activity,
    faults: new Faults(),
    trace: new Trace(clock),
    account,
    region,
    dir,
    endpoint: () => endpoint,
    ...(options.environments !== undefined && { environments: options.environments }),
    ...(options.iam !== undefined && { iam: options.iam }),
  };
  const calls = new CallCounter();
  const services = new RunningServices(context, calls);
  const controls = new CloudControls(context, makeIdle(clock, activity), services);
  const rootCall = (): Call => ({
    requestId: uuid(),
    account,
    region,
    principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` },
    endpoint,
  });
  handle = async (request, host) => {
    const administered = await handleAdmin(request, controls, calls);
    if (administered) return administered;
    await services.ready();
    // Presigned URLs of a bucket that is CloudFormation's own: no call to S3.
    if (RESPONSE_HOST.test(host)) return registry.peer('cloudformation').receive(request);
    return (
      (await handleFunctionUrl(request, host, registry, () => ({ ...rootCall(), endpoint: `http://${host}` }))) ??
      services.handle(request, host)
    );
  };
  await services.start();

  return {
    endpoint,
    port,
    clock,
    registry,
    idle: controls.idle,
    controls,
    rootCall,
    stop: async () => {
      await services.stop();
      await server.close();
      clock.stop();
      await store.close();
      lock.release();
      if (ephemeral) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The host by which a server that is bound to `host` is reached from this machine. */
function reachableAs(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function lockDir(dir: string, server: HttpServer): Promise<DirLock> {
  try {
    return new DirLock(dir);
  } catch (error) {
    await server.close();
    throw error;
  }
}

const RESPONSE_HOST = /^cloudformation-custom-resource-response-[a-z0-9]+\.s3[.-]/;
const URL_PATH = /^\/_lambda-url\/([a-z0-9]+)(\/.*)?$/;
const URL_HOST = /^([a-z0-9]+)\.lambda-url\./;

/** Function URLs by path (`/_lambda-url/<id>/…`, which needs no DNS) or by host (`<id>.lambda-url.<region>.…`). */
async function handleFunctionUrl(
  request: HttpRequest,
  host: string,
  registry: Registry,
  call: () => Call,
): Promise<HttpReply | undefined> {
  const byPath = URL_PATH.exec(request.path);
  const urlId = byPath?.[1] ?? URL_HOST.exec(host)?.[1];
  if (!urlId) return undefined;
  const inner = byPath ? { ...request, path: byPath[2] ?? '/' } : request;
  const reply = await registry.peer('lambda').handleUrl(urlId, inner, call());
  return reply ?? { status: 404, headers: { 'content-type': 'application/json' }, body: '{"Message":null}' };
}

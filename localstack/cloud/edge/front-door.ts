import { gunzipSync } from 'node:zlib';
import { AwsError, notImplemented } from '../core/aws-error';
import type { HttpReply, HttpRequest } from '../core/http';
import { uuid } from '../core/ids';
import { asAwsError } from '../core/registry';
import type { Call, CloudContext, Service } from '../core/service';
import { decodeAwsChunked } from './aws-chunked';
import { CallCounter } from './call-counter';
import { type CredentialScope, credentialScope, principalOf } from './caller';
import { type Encoding, encodingOf, fallbackEncoding } from './protocols';
import { parseQueryInput } from './query-input';
import { RouteTable } from './route-table';

type Door = { readonly service: Service; readonly encoding: Encoding; readonly routes?: RouteTable };

/**
 * The AWS side of the HTTP server: finds the service that a request is for, decodes it, asks IAM, runs the
 * operation, waits until what it wrote is on disk, and encodes the answer.
 */
export class FrontDoor {
  readonly calls = new CallCounter();
  readonly #context: CloudContext;
  readonly #bySigningName = new Map<string, Door>();
  readonly #byTarget = new Map<string, Door>();

  constructor(context: CloudContext) {
    this.#context = context;
    for (const service of context.registry.services()) {
      const { protocol } = service;
      const door: Door = {
        service,
        encoding: encodingOf(protocol),
        ...(protocol.kind === 'rest-json' ? { routes: new RouteTable(protocol.routes) } : {}),
      };
      if (protocol.kind === 'json') for (const prefix of protocol.targetPrefixes) this.#byTarget.set(prefix, door);
      for (const name of service.signingNames) if (!this.#bySigningName.has(name)) this.#bySigningName.set(name, door);
    }
  }

  async handle(received: HttpRequest, host: string): Promise<HttpReply> {
    const requestId = uuid();
    let encoding = fallbackEncoding;
    try {
      const scope = credentialScope(received.headers, received.query);
      const door = this.#find(received, scope);
      encoding = door.encoding;
      const request = this.#normalise(received, host, door);
      const call = this.#call(scope, requestId, host);
      const reply = await this.#run(door, request, call);
      return reply;
    } catch (error) {
      const known = asAwsError(error);
      if (known.code === 'InternalFailure') console.error(error);
      return encoding.error(known, requestId);
    }
  }

  /** The call context of a request that came by `host`. Unsigned requests are refused, as AWS refuses them. */
  #call(scope: CredentialScope | undefined, requestId: string, host: string): Call {
    if (!scope) {
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
    }
    const { account, principal } = principalOf(scope, this.#context.account, this.#context.registry.peer('iam'));
    return { requestId, account, principal, region: scope.region, endpoint: `http://${host}` };
  }

  #find(request: HttpRequest, scope: CredentialScope | undefined): Door {
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      const prefix = target.slice(0, target.lastIndexOf('.'));
      const door = this.#byTarget.get(prefix);
      if (!door) throw notImplemented(`The service behind X-Amz-Target ${target}`);
      return door;
    }
    if (scope) {
      const door = this.#bySigningName.get(scope.signingName);
      if (!door) throw notImplemented(`The service "${scope.signingName}"`);
      return door;
    }
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
  }

  /** S3 buckets may stand in the host name; bodies may be framed or compressed. Services see neither. */
  #normalise(request: HttpRequest, host: string, door: Door): HttpRequest {
    let { path, body } = request;
    if (door.service.name === 's3') {
      const bucket = /^(.+)\.s3[.-]/.exec(host)?.[1];
      if (bucket) path = `/${bucket}${path}`;
    }
    const encoding = String(request.headers['content-encoding'] ?? '');
    if (encoding.includes('aws-chunked') || request.headers['x-amz-decoded-content-length'] !== undefined) {
      body = decodeAwsChunked(body);
    } else if (encoding === 'gzip' && door.service.name !== 's3') {
      body = gunzipSync(body);
    }
    return path === request.path && body === request.body ? request : { ...request, path, body };
  }

  async #run(door: Door, request: HttpRequest, call: Call): Promise<HttpReply> {
    const { service, encoding } = door;
    const { store, registry } = this.#context;
    const before = store.writes;
    let reply: HttpReply;
    const raw = this.#rawOperation(door, request);
    if (raw) {
      this.calls.count(service.name, raw.operation, call.principal);
      if (call.principal.kind !== 'root') {
        registry.peer('iam').authorize(call.principal, service.access(raw.operation, raw.input, call));
      }
      reply = await raw.handle(request, raw.params, call);
    } else {
      const { operation, input, status } = this.#decode(door, request);
      const run = service.operations[operation];
      if (!run) throw notImplemented(`${service.name}:${operation}`);
      this.calls.count(service.name, operation, call.principal);
      if (call.principal.kind !== 'root') {
        registry.peer('iam').authorize(call.principal, service.access(operation, input, call));
      }
      const running = run(input, call);
      const output = running instanceof Promise ? await running : running;
      reply = encoding.result(operation, output, call.requestId, status);
    }
    if (store.writes !== before) await store.durable();
    return reply;
  }

  #rawOperation(door: Door, request: HttpRequest) {
    const { rawOperations } = door.service;
    if (!rawOperations) return undefined;
    if (rawOperations['*']) return { operation: '*', input: request, params: {}, handle: rawOperations['*'] };
    const match = door.routes?.match(request.method, request.path);
    const handle = match && rawOperations[match.route.operation];
    if (!handle) return undefined;
    return { operation: match.route.operation, input: match.params, params: match.params, handle };
  }

  #decode(door: Door, request: HttpRequest): { operation: string; input: unknown; status?: number } {
    const { protocol } = door.service;
    switch (protocol.kind) {
      case 'json': {
        const target = String(request.headers['x-amz-target']);
        return { operation: target.slice(target.lastIndexOf('.') + 1), input: parseJson(request.body) };
      }
      case 'query': {
        const form = new URLSearchParams(request.body.length > 0 ? request.body.toString('utf8') : request.rawQuery);
        const { action, input } = parseQueryInput(form);
        return { operation: action, input };
      }
      case 'rest-json': {
        const match = door.routes?.match(request.method, request.path);
        if (!match) throw notImplemented(`${door.service.name}: ${request.method} ${request.path}`);
        return {
          operation: match.route.operation,
          input: { ...Object.fromEntries(queryMembers(request.query)), ...parseJson(request.body), ...match.params },
          ...(match.route.status === undefined ? {} : { status: match.route.status }),
        };
      }
      case 'rest-xml':
        throw new Error(`${door.service.name} reads its requests itself`);
    }
  }
}

function parseJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

/** Query members by name; one that is given several times is a list. */
function* queryMembers(query: URLSearchParams): Generator<[string, string | string[]]> {
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    yield [name, values.length > 1 ? values : values[0]!];
  }
}

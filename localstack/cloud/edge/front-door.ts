import { gunzipSync } from 'node:zlib';
import { AwsError, notImplemented } from '../core/aws-error';
import { callerName } from '../core/caller-name';
import type { HttpReply, HttpRequest } from '../core/http';
import { uuid } from '../core/ids';
import { asAwsError } from '../core/registry';
import type { Access, Call, CloudContext, Protocol, Service } from '../core/service';
import { senderOf } from '../core/trace-header';
import { Adversary } from './adversary';
import { decodeAwsChunked } from './aws-chunked';
import type { CallCounter } from './call-counter';
import { type CredentialScope, credentialScope, principalOf } from './caller';

import { HangUp } from './http-server';
import { checkPresigned, isPresigned, olderScope } from './presigned-url';
import { type Encoding, encodingFor, encodingOf } from './protocols';
import { parseQueryInput } from './query-input';
import { type RouteMatch, RouteTable } from './route-table';
import { bucketOfHost } from './s3-host';
import { SignatureCheck } from './signature-check';

type Decoded = {
  readonly operation: string;
  readonly input: unknown;
  readonly text: string;
  run(call: Call): HttpReply | Promise<HttpReply>;
};

type Door = { readonly service: Service; readonly encoding: Encoding; readonly routes?: RouteTable };

/**
 * The AWS side of the HTTP server: finds the service that a request is for, decodes it, asks IAM and the adversary, runs
 * the operation, waits until what it wrote is on disk, and encodes the answer.
 */
export class FrontDoor {
  readonly #context: CloudContext;
  readonly #calls: CallCounter;
  readonly #adversary: Adversary;
  readonly #signatures = new SignatureCheck();
  readonly #bySigningName = new Map<string, Door>();
  readonly #byTarget = new Map<string, Door>();

  constructor(context: CloudContext, calls: CallCounter) {
    this.#context = context;
    this.#calls = calls;
    this.#adversary = new Adversary(context);
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
    let encoding: Encoding | undefined;
    let scope: CredentialScope | undefined;
    try {
      scope =
        credentialScope(received.headers, received.query) ??
        olderScope(received, this.#context.region) ??
        this.#preflightScope(received);
      const door = this.#find(received, scope);
      encoding = door.encoding;
      const request = this.#normalise(received, host, door);
      if (scope && isPresigned(received)) {
        const { clock, registry } = this.#context;
        checkPresigned(received, registry.peer('iam').secretOf(scope.accessKeyId), clock.now());
      }
      const call = this.#call(received, scope, door, requestId);
      return await this.#run(door, request, call);
    } catch (error) {
      if (error instanceof HangUp) throw error;
      const known = asAwsError(error);
      if (known.code === 'InternalFailure') console.error(error);
      return (encoding ?? encodingFor(received, scope?.signingName)).error(known, requestId);
    }
  }

  /** The call context of a request. Unsigned ones are refused, as AWS refuses them. */
  #call(request: HttpRequest, scope: CredentialScope | undefined, { service }: Door, requestId: string): Call {
    if (!scope) {
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
    }
    const { account, principal } = principalOf(request, scope, service, {
      home: this.#context.account,
      iam: this.#context.registry.peer('iam'),
      signatures: this.#signatures,
    });
    const host = request.headers.host ?? 'localhost';
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

  /** What a browser asks before it sends a request across origins bears no signature; only S3 answers it here. */
  #preflightScope({ method, headers }: HttpRequest): CredentialScope | undefined {
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
    return { accessKeyId: this.#context.account, date: '', region: this.#context.region, signingName: 's3' };
  }

  /** S3 buckets may stand in the host name; bodies may be framed or compressed. Services see neither. */
  #normalise(request: HttpRequest, host: string, door: Door): HttpRequest {
    let { path, body, headers } = request;
    if (door.service.name === 's3') {
      const bucket = bucketOfHost(host);
      if (bucket) path = `/${bucket}${path}`;
    }
    const encoding = String(headers['content-encoding'] ?? '');
    if (encoding.includes('aws-chunked') || headers['x-amz-decoded-content-length'] !== undefined) {
      const decoded = decodeAwsChunked(body);
      body = decoded.body;
      headers = { ...headers, ...decoded.trailers };
    } else if (encoding === 'gzip' && door.service.name !== 's3') {
      body = gunzipSync(body);
    }
    return path === request.path && body === request.body ? request : { ...request, path, body, headers };
  }

  async #run(door: Door, request: HttpRequest, call: Call): Promise<HttpReply> {
    const { service } = door;
    const { trace, store } = this.#context;
    const decoded = this.#decode(door, request);
    const { operation, input } = decoded;
    this.#calls.count(service.name, operation, call.principal);
    const cause = senderOf(request.headers);
    const access = accessOf(service, operation, input, call);
    const target = targetOf(access);
    const hop = trace.begin({
      service: service.name,
      operation,
      target,
      by: callerName(call.principal),
      causes: cause === undefined ? [] : [cause],
      about: decoded.text,
      records: recordsIn(input),
    });
    try {
      this.#context.registry.peer('iam').authorize(call.principal, access(), {
        sourceIp: request.sourceIp,
        region: call.region,
        input,
      });
      const strike = await this.#adversary.before({
        service,
        operation,
        target,
        input,
        principal: call.principal,
        cause,
      });
      const before = store.writes;
      const running = trace.within(hop.id, () => decoded.run({ ...call, hop: hop.id }));
      const reply = running instanceof Promise ? await running : running;
      if (store.writes !== before) await store.durable();
      strike?.after();
      hop.end();
      return reply;
    } catch (error) {
      if (error instanceof HangUp) hop.end('crash', error.message);
      else hop.end(asAwsError(error).code, asAwsError(error).message);
      throw error;
    }
  }

  /** What is asked for, and how it is done. `text`: what the trace keeps of it. */
  #decode(door: Door, request: HttpRequest): Decoded {
    const { service, encoding } = door;
    const { protocol, rawOperations } = service;
    const match = door.routes?.match(request.method, request.path);
    const raw = rawOperations?.['*'] ?? (match && rawOperations?.[match.route.operation]);
    if (raw) {
      const params = match?.params ?? {};
      const operation = match?.route.operation ?? service.operationOf?.(request) ?? '*';
      return {
        operation,
        input: match ? params : request,
        text: match ? request.body.toString('utf8') : request.path,
        run: (call) => raw(request, params, call),
      };
    }
    const { operation, input, status, text } = this.#decodeInput(protocol, request, match, service.name);
    const run = service.operations[operation];
    if (!run) throw notImplemented(`${service.name}:${operation}`);
    const encode = (output: object | undefined | void, { requestId }: Call) =>
      encoding.result(operation, output, requestId, status);
    return {
      operation,
      input,
      text,
      run: (call) => {
        const output = run(input, call);
        return output instanceof Promise ? output.then((result) => encode(result, call)) : encode(output, call);
      },
    };
  }

  #decodeInput(
    protocol: Protocol,
    request: HttpRequest,
    match: RouteMatch | undefined,
    serviceName: string,
  ): { operation: string; input: unknown; text: string; status?: number } {
    const text = request.body.toString('utf8');
    switch (protocol.kind) {
      case 'json': {
        const target = String(request.headers['x-amz-target']);
        return { operation: target.slice(target.lastIndexOf('.') + 1), input: parseJson(text), text };
      }
      case 'query': {
        const form = new URLSearchParams(text || request.rawQuery);
        const { action, input } = parseQueryInput(form);
        return { operation: action, input, text: '' };
      }
      case 'rest-json': {
        if (!match) throw notImplemented(`${serviceName}: ${request.method} ${request.path}`);
        const { route, params } = match;
        return {
          operation: route.operation,
          input: { ...Object.fromEntries(queryMembers(request.query)), ...parseJson(text), ...params },
          text,
          ...(route.status === undefined ? {} : { status: route.status }),
        };
      }
      case 'rest-xml':
        throw new Error(`${serviceName} reads its requests itself`);
    }
  }
}

/** How many records a call carries, for the trace: batches of EventBridge and SQS have `Entries`, DynamoDB's these two. */
function recordsIn(input: unknown): number {
  const { Entries, TransactItems, RequestItems } = (input ?? {}) as Record<string, unknown>;
  if (typeof RequestItems === 'object') return Number.POSITIVE_INFINITY;
  const records = Entries ?? TransactItems;
  return Array.isArray(records) ? records.length : 1;
}

/**
 * What a call needs permission for; a function that throws where its input names nothing that there is. For root, the
 * operation itself says what is wrong.
 */
function accessOf(service: Service, operation: string, input: unknown, call: Call): () => readonly Access[] {
  try {
    const access = service.access(operation, input, call);
    return () => access;
  } catch (error) {
    return () => {
      if (call.principal.kind === 'root') return [];
      throw error;
    };
  }
}

/** What a call is done to, as IAM knows it; of one that names nothing the operation itself says what is wrong. */
function targetOf(access: () => readonly Access[]): string {
  try {
    return access()[0]?.resource ?? '';
  } catch {
    return '';
  }
}

function parseJson(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
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

import { AwsError } from '../../../core/aws-error';
import { callerName } from '../../../core/caller-name';
import type { HttpReply, HttpRequest } from '../../../core/http';
import { uuid } from '../../../core/ids';
import type { Access, Call, CloudContext, Principal } from '../../../core/service';
import { senderOf } from '../../../core/trace-header';
import { policyOf } from '../api/permission-operations';
import type { Invoker } from '../execution/invoker';
import type { UrlConfig } from '../function-record';
import type { Functions, ResolvedFunction } from '../functions';
import { preflightReply, withCors } from './cors';
import { readSignature } from './signature';
import { urlEvent } from './url-event';
import { internalError, urlReply } from './url-reply';

/** The secret of the developer's own keys, which nobody here issued: LocalStack's and DynamoDB Local's habit. */
const DEVELOPER_SECRET = 'test';

const NO_POLICY = { Version: '2012-10-17', Statement: [] };

type Caller = { readonly principal: Principal; readonly account: string; readonly accessKeyId: string };

/** Requests to function URLs. */
export class FunctionUrls {
  readonly #context: CloudContext;
  readonly #functions: Functions;
  readonly #invoker: Invoker;

  constructor(context: CloudContext, functions: Functions, invoker: Invoker) {
    this.#context = context;
    this.#functions = functions;
    this.#invoker = invoker;
  }

  /** Undefined when there is no such URL. */
  async handle(urlId: string, request: HttpRequest, call: Call): Promise<HttpReply | undefined> {
    const target = this.#functions.byUrl(urlId);
    const url = target?.record.urls[target.qualifier];
    if (!target || !url) return undefined;
    const preflight = preflightReply(request, url.cors);
    if (preflight) return preflight;
    const caller = url.authType === 'AWS_IAM' ? this.#caller(urlId, request, call, target.record.region) : undefined;
    const by = caller ? callerName(caller.principal) : 'anonymous';
    const sender = senderOf(request.headers);
    const hop = this.#context.trace.begin({
      service: 'lambda',
      operation: 'InvokeFunctionUrl',
      target: target.arn,
      by,
      causes: sender === undefined ? [] : [sender],
      about: `${request.method} ${request.path}?${request.rawQuery}\n${request.body.toString('utf8')}`,
    });
    try {
      const allowed =
        url.authType === 'AWS_IAM' ? caller && this.#mayCall(target, caller.principal) : this.#isPublic(target);
      const reply = allowed ? await this.#invoke(target, urlId, url, request, caller, hop.id) : forbidden();
      hop.end(reply.status < 400 ? 'ok' : String(reply.status));
      return reply;
    } catch (error) {
      hop.end('error', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async #invoke(
    target: ResolvedFunction,
    urlId: string,
    url: UrlConfig,
    request: HttpRequest,
    caller: Caller | undefined,
    cause: string,
  ): Promise<HttpReply> {
    const event = urlEvent(request, {
      urlId,
      region: target.record.region,
      now: this.#context.clock.now(),
      caller,
    });
    try {
      const result = await this.#invoker.invoke(target, {
        payload: JSON.stringify(event),
        trigger: 'url',
        by: caller ? callerName(caller.principal) : 'anonymous',
        causes: [cause],
        nested: caller?.principal.kind === 'role',
      });
      const reply = result.functionError ? internalError(result.requestId) : urlReply(result.payload, result.requestId);
      return withCors(reply, request, url.cors);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return {
        status: error.status === 429 ? 429 : 502,
        headers: { 'content-type': 'application/json', 'x-amzn-requestid': uuid(), 'x-amzn-errortype': error.code },
        body: JSON.stringify({ Message: error.message }),
      };
    }
  }

  /** Who signed the request; undefined when the signature does not prove it. */
  #caller(urlId: string, request: HttpRequest, call: Call, region: string): Caller | undefined {
    const signed = readSignature(request, this.#context.clock.now());
    if (!signed || signed.region !== region) return undefined;
    const { accessKeyId } = signed;
    const iam = this.#context.registry.peer('iam');
    const issued = iam.resolve(accessKeyId);
    const secret = issued ? iam.secretOf(accessKeyId) : DEVELOPER_SECRET;
    // Keys of a role are no good without their session token.
    if (secret === undefined || (issued && !signed.sessionToken)) return undefined;
    // What was signed is the path that the caller saw: with the prefix, or, by host name, without it.
    const paths = [`/_lambda-url/${urlId}${request.path}`, request.path];
    if (request.path === '/') paths.push(`/_lambda-url/${urlId}`);
    if (!paths.some((path) => signed.verifies(secret, path))) return undefined;
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : call.account;
    const root: Principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` };
    return { principal: issued ?? root, account: issued ? call.account : account, accessKeyId };
  }

  #mayCall(target: ResolvedFunction, principal: Principal): boolean {
    try {
      this.#context.registry.peer('iam').authorize(principal, accessOf(target, 'AWS_IAM'));
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /** Without authentication, everybody has to be allowed both actions: AWS asks for both since October 2025. */
  #isPublic(target: ResolvedFunction): boolean {
    const anybody: Principal = { kind: 'service', service: '*', arn: '*' };
    const policy = policyOf(target.record, target.qualifier) ?? NO_POLICY;
    const iam = this.#context.registry.peer('iam');
    return accessOf(target, 'NONE').every((one) => iam.judge(policy, anybody, one) === 'allow');
  }
}

function accessOf({ arn }: ResolvedFunction, authType: string): Access[] {
  return [
    { action: 'lambda:InvokeFunctionUrl', resource: arn, context: { 'lambda:FunctionUrlAuthType': authType } },
    { action: 'lambda:InvokeFunction', resource: arn, context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
  ];
}

const forbidden = (): HttpReply => ({
  status: 403,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': uuid(),
    'x-amzn-errortype': 'AccessDeniedException',
  },
  body: '{"Message":"Forbidden"}',
});

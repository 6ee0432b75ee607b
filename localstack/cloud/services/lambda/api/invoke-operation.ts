import { AwsError, notImplemented } from '../../../core/aws-error';
import { callerName } from '../../../core/caller-name';
import type { HttpReply, HttpRequest } from '../../../core/http';
import type { Call } from '../../../core/service';
import type { AsyncQueue } from '../execution/async-queue';
import type { InvocationResult, Invoker } from '../execution/invoker';
import type { Functions } from '../functions';
import { constraint } from './errors';

const MAX_SYNC_BYTES = 6 * 1024 * 1024;
const MAX_ASYNC_BYTES = 1024 * 1024;
const LOG_TAIL_BYTES = 4096;

type Parts = { readonly functions: Functions; readonly invoker: Invoker; readonly queue: AsyncQueue };

/** `Invoke`: the payload is the body of the request and of the answer; everything else is in headers. */
export function invokeOperation({ functions, invoker, queue }: Parts) {
  return async (request: HttpRequest, params: Record<string, string>, call: Call): Promise<HttpReply> => {
    const { headers } = request;
    for (const refused of ['x-amz-durable-execution-name', 'x-amz-tenant-id']) {
      if (headers[refused] !== undefined) throw notImplemented(`Invoke: ${refused}`);
    }
    const target = functions.resolve(params.FunctionName, call, request.query.get('Qualifier') ?? undefined);
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const payload = payloadOf(request.body, type === 'Event' ? MAX_ASYNC_BYTES : MAX_SYNC_BYTES);
    const by = callerName(call.principal);
    const own = {
      'x-amzn-requestid': call.requestId,
      'x-amz-executed-version': target.config.version,
    };
    switch (type) {
      case 'DryRun':
        return { status: 204, headers: own };
      case 'Event': {
        const { requestId } = queue.enqueue(target, payload, { trigger: 'invoke', by, cause: call.hop });
        return { status: 202, headers: { ...own, 'x-amzn-requestid': requestId } };
      }
      case 'RequestResponse': {
        const clientContext = headers['x-amz-client-context'];
        const result = await invoker.invoke(target, {
          payload,
          trigger: 'invoke',
          by,
          causes: call.hop === undefined ? [] : [call.hop],
          nested: call.principal.kind === 'role',
          ...(typeof clientContext === 'string'
            ? { clientContext: Buffer.from(clientContext, 'base64').toString('utf8') }
            : {}),
        });
        return {
          status: 200,
          headers: {
            'content-type': 'application/json',
            'x-amzn-requestid': result.requestId,
            'x-amz-executed-version': result.executedVersion,
            ...(result.functionError ? { 'x-amz-function-error': result.functionError } : {}),
            ...(headers['x-amz-log-type'] === 'Tail' ? { 'x-amz-log-result': tailOf(result) } : {}),
          },
          body: result.payload,
        };
      }
      default:
        throw constraint(
          type,
          'invocationType',
          'Member must satisfy enum value set: [Event, RequestResponse, DryRun]',
        );
    }
  };
}

function payloadOf(body: Buffer, limit: number): string {
  if (body.length === 0) return '{}';
  if (body.length > limit) {
    throw new AwsError(
      'RequestEntityTooLargeException',
      `${body.length} byte payload is too large for the invocation type (limit ${limit} bytes)`,
      { status: 413, fields: { Type: 'User' } },
    );
  }
  const payload = body.toString('utf8');
  try {
    JSON.parse(payload);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
      { fields: { Type: 'User' } },
    );
  }
  return payload;
}

/** The end of the log, base64. */
function tailOf({ logs }: InvocationResult): string {
  const text = Buffer.from(logs.map(([, message]) => message).join(''), 'utf8');
  return text.subarray(Math.max(0, text.length - LOG_TAIL_BYTES)).toString('base64');
}

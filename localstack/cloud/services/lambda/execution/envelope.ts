import type { Pending } from './async-event';
import type { InvocationResult } from './invoker';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export function envelope(
  functionArn: string,
  pending: Pending,
  payload: string,
  condition: string,
  result: InvocationResult | undefined,
  now: number,
): string {
  const head = JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: pending.requestId,
      functionArn,
      condition,
      approximateInvokeCount: pending.attempts,
    },
  }).slice(0, -1);
  if (!result) return `${head},"requestPayload":${payload}}`;
  const responseContext = JSON.stringify({
    statusCode: 200,
    executedVersion: result.executedVersion,
    ...(result.functionError ? { functionError: result.functionError } : {}),
  });
  return `${head},"requestPayload":${payload},"responseContext":${responseContext},"responsePayload":${result.payload}}`;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export function deadLetterAttributes(pending: Pending, condition: string, result: InvocationResult | undefined) {
  const message = result
    ? ((JSON.parse(result.payload) as { errorMessage?: string } | null)?.errorMessage ?? '')
    : condition;
  return {
    RequestID: { DataType: 'String', StringValue: pending.requestId },
    ErrorCode: { DataType: 'Number', StringValue: result ? '200' : '429' },
    ...(message ? { ErrorMessage: { DataType: 'String', StringValue: message.slice(0, 1024) } } : {}),
  };
}

import { AwsError } from './aws-error';
import type { Fault } from './faults';
import type { Service } from './service';

/** The error that a caller gets where the adversary makes an operation fail: the rule's, the service's, or AWS's general one. */
export function faultError({ kind, rule }: Fault, service: Service, operation: string, input: unknown): AwsError {
  const own = service.failure?.(kind === 'throttle' ? 'throttle' : 'error', operation, input, rule.code);
  const general =
    kind === 'throttle'
      ? { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' }
      : { code: 'InternalFailure', status: 500, message: 'The request failed because of an internal error.' };
  const code = rule.code ?? own?.code ?? general.code;
  const status = rule.status ?? own?.status ?? (rule.code === undefined ? general.status : 400);
  return new AwsError(code, rule.message ?? own?.message ?? general.message, { status, fields: own?.fields ?? {} });
}

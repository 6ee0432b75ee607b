import type { Target } from './settings';

/** What an operator can do about an error that came from elsewhere; else what it says itself. */
export function explain(error: unknown, target: Target | undefined): string {
  const { name = '', message = String(error) } = error instanceof Error ? error : {};
  const where = target?.where ?? 'AWS';
  const code = codeIn(error);
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH' || name === 'TimeoutError')
    return target?.stage === 'local'
      ? `nothing answers at ${where} (${code ?? message}). npm start starts the local cloud; --endpoint-url or AWS_ENDPOINT_URL names another`
      : `nothing answers at ${where} (${code ?? message}): is the region right, and the endpoint?`;
  if (name === 'CredentialsProviderError' || /credential/i.test(name))
    return `no credentials for ${where}: ${message}. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
  if (message.includes('Region is missing')) return 'no region is set: --region <name>, or AWS_REGION';
  if (/^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch)/.test(name))
    return `${where} does not accept the credentials: ${message}. Log in again (aws sso login), or set AWS_PROFILE`;
  if (/^AccessDenied|NotAuthorized/.test(name)) return `${where} does not allow it: ${message}`;
  return name && name !== 'Error' ? `${name}: ${message}` : message;
}

/** Node's code of a failed connection, wherever the SDK has put it. */
function codeIn(error: unknown): string | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    const { code, errors } = one as { code?: unknown; errors?: unknown[] };
    if (typeof code === 'string' && code.startsWith('E')) return code;
    if (Array.isArray(errors)) return codeIn(errors[0]);
  }
  return undefined;
}

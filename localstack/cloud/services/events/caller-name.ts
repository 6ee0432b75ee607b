import type { Principal } from '../../core/service';

/** As fault rules name callers: the function, the service, or `root`. */
export function callerName(principal: Principal): string {
  if (principal.kind === 'root') return 'root';
  return principal.kind === 'service' ? principal.service : principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
}

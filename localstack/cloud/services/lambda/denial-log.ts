import type { CloudContext } from '../../core/service';
import type { Functions } from './functions';

/**
 * Writes what a function was refused, and what would allow it, into that function's log, beside its own lines. Returns what
 * ends that.
 */
export function logDenials({ registry, clock }: CloudContext, functions: Functions): () => void {
  return registry.watchDenials(({ principal, action, line }) => {
    // Whoever may not write logs has none.
    if (principal.kind !== 'role' || action.startsWith('logs:')) return;
    // The session of a function's role has the function's name.
    const name = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
    const record = functions.all().find((one) => one.name === name && one.latest.role === principal.roleArn);
    if (!record) return;
    const message = { timestamp: clock.now(), message: `WARN ${line}\n` };
    registry.peer('logs').write(record.latest.logging.LogGroup, 'local-cloud', [message]);
  });
}

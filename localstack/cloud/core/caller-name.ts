import type { Principal } from './service';

/** The name of a caller for people, and for rules of faults: the function, the service (`events`), or `root`. */
export function callerName(principal: Principal): string {
  switch (principal.kind) {
    case 'root':
      return 'root';
    case 'role':
      return principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
    case 'service':
      return principal.service.split('.')[0]!;
  }
}

import type { Principal } from '../../core/service';

/** Who invokes, for people: the function, the service (`events`), or `root`. */
export function callerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'root':
      return 'root';
    case 'role':
      return principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
    case 'service':
      return principal.service.split('.')[0]!;
  }
}

import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { BusAccess } from '../../core/peers';
import type { Authorization } from './authorization';
import type { Buses } from './buses';
import { makeEnvelope } from './envelope';
import { checkEntry } from './put-events';
import { busIdFrom } from './records';
import type { Router } from './router';

type Parts = {
  readonly clock: Clock;
  readonly buses: Buses;
  readonly router: Router;
  readonly authorization: Authorization;
};

/** EventBridge as the other services of the cloud use it. */
export function busAccess({ clock, buses, router, authorization }: Parts): BusAccess {
  return {
    put(arn, { source, detailType, detail, resources = [] }, principal) {
      const id = busIdFrom(arn, { account: '', region: '' });
      // A service speaks in its own name, and needs nobody's leave for that.
      const ofItsOwn = principal.kind === 'service' && source.startsWith('aws.');
      const checked = checkEntry({ Source: source, DetailType: detailType, Detail: detail }, ofItsOwn);
      if ('ErrorCode' in checked) throw new AwsError(checked.ErrorCode, checked.ErrorMessage);
      const bus = buses.bus(id);
      if (!ofItsOwn) authorization.authorize(bus, principal, { source, 'detail-type': detailType });
      const now = clock.now();
      const { account, region } = id;
      router.route(id, makeEnvelope({ ...checked, account, region, resources, time: now }, now));
    },
  };
}

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
      // Only services speak in their own name.
      const checked = checkEntry(
        { Source: source, DetailType: detailType, Detail: detail },
        principal.kind === 'service',
      );
      if ('ErrorCode' in checked) throw new AwsError(checked.ErrorCode, checked.ErrorMessage);
      const bus = buses.bus(id);
      authorization.authorize(bus, principal, { source, 'detail-type': detailType });
      const now = clock.now();
      const { account, region } = id;
      router.route(id, makeEnvelope({ ...checked, account, region, resources, time: now }, now));
    },
  };
}

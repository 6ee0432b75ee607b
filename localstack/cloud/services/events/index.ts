import type { BusAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { eventsAccess } from './access';
import { Authorization } from './authorization';
import { busOperations } from './bus-operations';
import { Buses } from './buses';
import { Delivery } from './delivery';
import { busAccess } from './peer';
import { permissionOperations } from './permission-operations';
import { makePutEvents } from './put-events';
import { Retries } from './retries';
import { Router } from './router';
import { ruleOperations } from './rule-operations';
import { Schedules } from './schedules';
import { tagOperations } from './tag-operations';
import { targetOperations } from './target-operations';

/** EventBridge: buses, rules, schedules and targets. */
export function createEvents(context: CloudContext): {
  service: Service & { readonly name: 'events' };
  peer: BusAccess;
} {
  const { clock, registry } = context;
  const buses = new Buses(context);
  const authorization = new Authorization(registry);
  const delivery = new Delivery(context);
  const retries = new Retries(context, delivery);
  const router = new Router({ buses, delivery, retries }, (rule, roleArn, to, { event }) =>
    authorization.authorizeForward(buses.bus(to), roleArn, rule.bus.account, event),
  );
  const schedules = new Schedules(clock, buses, router);
  const parts = { clock, buses, router, authorization };
  return {
    service: {
      name: 'events',
      signingNames: ['events'],
      protocol: { kind: 'json', version: '1.1', targetPrefixes: ['AWSEvents'] },
      operations: {
        PutEvents: makePutEvents(parts),
        ...busOperations(buses, clock),
        ...ruleOperations(buses, clock),
        ...targetOperations(buses),
        ...permissionOperations(buses, clock),
        ...tagOperations(buses),
      },
      access: eventsAccess,
      start: () => {
        retries.start();
        schedules.start();
      },
      stop: () => {
        retries.stop();
        schedules.stop();
      },
    },
    peer: busAccess(parts),
  };
}

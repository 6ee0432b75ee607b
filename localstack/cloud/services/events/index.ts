import { AwsError } from '../../core/aws-error';
import type { BusAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { eventsAccess } from './access';
import { archiveOperations } from './archive-operations';
import { Archives } from './archives';
import { Authorization } from './authorization';
import { BusEncryption } from './bus-encryption';
import { busOperations } from './bus-operations';
import { Buses } from './buses';
import { DELIVER_FAULTS, Deliveries } from './deliveries';
import { Delivery } from './delivery';
import { EventKeys } from './event-keys';
import { busAccess } from './peer';
import { permissionOperations } from './permission-operations';
import { ENTRY_FAULTS, makePutEvents, UNEXPECTED } from './put-events';
import { busIdFrom, readArn } from './records';
import { replayOperations } from './replay-operations';
import { Replays } from './replays';
import { Router } from './router';
import { ruleOperations } from './rule-operations';
import { Schedules } from './schedules';
import { tagOperations } from './tag-operations';
import { targetOperations } from './target-operations';

/** EventBridge: buses, rules, schedules, targets, archives and replays. */
export function createEvents(context: CloudContext): {
  service: Service & { readonly name: 'events' };
  peer: BusAccess;
} {
  const { clock, trace, registry } = context;
  const buses = new Buses(context);
  const keys = new EventKeys(registry);
  const archives = new Archives(context, buses, keys);
  const authorization = new Authorization(registry);
  const delivery = new Delivery(context);
  const encryption = new BusEncryption(trace, keys, delivery);
  const deliveries: Deliveries = new Deliveries(context, delivery, (job) => router.forward(job));
  const router = new Router({
    trace,
    buses,
    archives,
    deliveries,
    encryption,
    mayForward: (from, roleArn, to, { event }) =>
      authorization.authorizeForward(buses.bus(to), roleArn, from.account, event),
  });
  const replays = new Replays(context, archives, router);
  const schedules = new Schedules(context, buses, router);
  const parts = { context, keys, clock, trace, buses, router, authorization, archives, replays };
  return {
    service: {
      name: 'events',
      signingNames: ['events'],
      protocol: { kind: 'json', version: '1.1', targetPrefixes: ['AWSEvents'] },
      operations: {
        PutEvents: makePutEvents(parts),
        ...busOperations(buses, keys, clock),
        ...ruleOperations(buses, clock),
        ...targetOperations(buses),
        ...permissionOperations(buses, clock, registry),
        ...tagOperations(buses),
        ...archiveOperations(parts),
        ...replayOperations(parts),
      },
      access: eventsAccess,
      resourcePolicy: (arn) => (arn.includes(':event-bus/') ? buses.find(busIdFrom(arn, context))?.policy : undefined),
      resourceTags: (arn) => {
        const { bus, rule } = readArn(arn) ?? {};
        return bus && (rule === undefined ? buses.find(bus)?.record : buses.findRule(bus, rule))?.tags;
      },
      conditionKeys: ['events:source', 'events:detail-type', 'events:TargetArn', 'events:eventBusInvocation'],
      faultPoints: { Deliver: DELIVER_FAULTS, 'PutEvents.Entry': ENTRY_FAULTS },
      failure: (kind) =>
        kind === 'throttle'
          ? new AwsError('ThrottlingException', 'Rate exceeded')
          : new AwsError('InternalException', UNEXPECTED, { status: 500 }),
      dataSpaces: [
        'events-deliveries',
        'events-archived',
        'events-archived-ages',
        'events-archived-totals',
        'events-replays',
      ],
      start: () => {
        deliveries.start();
        schedules.start();
        replays.start();
      },
      stop: () => {
        deliveries.stop();
        schedules.stop();
        return replays.stop();
      },
    },
    peer: busAccess(parts),
  };
}

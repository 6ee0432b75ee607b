import type { CloudContext, Service } from '../../core/service';
import { schedulerAccess } from './access';
import { ClientTokens } from './client-tokens';
import { Delivery } from './delivery';
import { apiFailure } from './errors';
import { groupOperations } from './group-operations';
import { DELIVER_FAULTS, Invocations } from './invocations';
import { Roles } from './roles';
import { routes } from './routes';
import { scheduleOperations } from './schedule-operations';
import { Schedules } from './schedules';
import { tagOperations } from './tags';
import { Timetable } from './timetable';

/** EventBridge Scheduler: schedules, their groups, and what they bring about. */
export function createScheduler(context: CloudContext): Service & { readonly name: 'scheduler' } {
  const { clock, registry, store } = context;
  const schedules = new Schedules(store);
  const tokens = new ClientTokens(clock, store);
  const roles = new Roles(context);
  const invocations = new Invocations(context, {
    roles,
    delivery: new Delivery(context),
    done: (schedule) => timetable.complete(schedule),
  });
  const timetable = new Timetable(clock, schedules, invocations);
  const knows = (service: string, operation: string) => registry.service(service)?.operations[operation] !== undefined;
  return {
    name: 'scheduler',
    signingNames: ['scheduler'],
    protocol: { kind: 'rest-json', routes },
    operations: {
      ...scheduleOperations({ clock, schedules, roles, tokens, knows }),
      ...groupOperations({ clock, schedules, tokens }),
      ...tagOperations(clock, schedules),
    },
    access: schedulerAccess,
    resourceTags: (arn) => {
      const [, , , region = '', account = '', resource = ''] = arn.split(':');
      const [kind, group = ''] = resource.split('/');
      return kind === 'schedule-group' ? schedules.findGroup({ account, region, group })?.tags : undefined;
    },
    failure: apiFailure,
    faultPoints: { Deliver: DELIVER_FAULTS },
    dataSpaces: ['scheduler-invocations', 'scheduler-tokens'],
    start: () => {
      invocations.start();
      timetable.start();
    },
    stop: () => {
      timetable.stop();
      invocations.stop();
    },
  };
}

import { HttpProblem } from '../http/problem';
import { cloudEventsOf } from './cloud-events';
import type { CommandApiPorts } from './ports';
import type { Route } from './request';

/**
 * `POST /events`: CloudEvents for the bus, all of a batch or, if one is not a CloudEvent, none. 202: they are on the bus; what
 * becomes of them there, the facts and the query API tell. Putting them again is safe: source and id make them duplicates.
 */
export function eventsRoute({ bus, telemetry, effects }: CommandApiPorts): Route {
  return {
    method: 'POST',
    path: '/events',
    answer: async (context) => {
      const events = await cloudEventsOf(context, effects.now);
      const failures = await bus.put(events);
      telemetry.count('EventsPublished', events.length - failures.length);
      const named = (index: number) => ({ id: events[index]?.event.id, source: events[index]?.source });
      if (failures.length === 0)
        return Response.json({ accepted: events.map((_, index) => named(index)) }, { status: 202 });
      const passing = failures.some(({ retryable }) => retryable);
      throw new HttpProblem(
        passing ? 503 : 422,
        'not-on-the-bus',
        `the bus did not take ${failures.length} of ${events.length} events; ${passing ? 'put them again' : 'as they are, it never will'}`,
        { failed: failures.map(({ index, error }) => ({ ...named(index), error })) },
        passing ? { 'retry-after': '1' } : {},
      );
    },
  };
}

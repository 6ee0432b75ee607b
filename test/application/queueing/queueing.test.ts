import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drainTime } from '../../../functions/application/queueing/drain-time';
import { manyServers, serversFor } from '../../../functions/application/queueing/many-servers';
import { singleServer } from '../../../functions/application/queueing/single-server';
import type { Stable, Station } from '../../../functions/application/queueing/station';
import { simulated, simulatedDrain } from './simulation';

const stable = (station: Station): Stable => {
  const run = manyServers(station);
  if (run.kind !== 'stable') throw new Error('unstable');
  return run;
};

/** Servers, their speed, and arrivals that they can cope with. */
const copingStation = fc
  .record({
    servers: fc.integer({ min: 1, max: 300 }),
    serviceRate: fc.double({ min: 0.001, max: 1_000, noNaN: true }),
    utilisation: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
  })
  .map(({ servers, serviceRate, utilisation }) => ({
    servers,
    serviceRate,
    arrivalRate: utilisation * servers * serviceRate,
  }));

const close = (value: number, expected: number, part = 1e-9) =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(part * Math.max(Math.abs(expected), 1e-300));

describe('one server', () => {
  test('is as the textbook has it', () => {
    expect(singleServer(3, 4)).toEqual({
      kind: 'stable',
      utilisation: 0.75,
      waits: 0.75,
      waiting: 2.25,
      present: 3,
      wait: 0.75,
      stay: 1,
    });
  });

  test('that gets as much as it can do is unstable, and nothing is said of its queue', () => {
    expect(singleServer(4, 4)).toEqual({ kind: 'unstable', utilisation: 1 });
    expect(singleServer(5, 4)).toEqual({ kind: 'unstable', utilisation: 1.25 });
  });

  test('is what many servers are when there is one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.9999, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (part, rate) => {
          const one = singleServer(part * rate, rate);
          const many = manyServers({ arrivalRate: part * rate, serviceRate: rate, servers: 1 });
          expect(many.kind).toBe('stable');
          for (const name of ['utilisation', 'waits', 'waiting', 'present', 'wait', 'stay'] as const)
            close((many as Stable)[name], (one as Stable)[name]);
        },
      ),
    );
    expect(manyServers({ arrivalRate: 5, serviceRate: 4, servers: 1 })).toEqual(singleServer(5, 4));
  });
});

describe('many servers', () => {
  test('make as many wait as Erlang’s tables say', () => {
    close(stable({ arrivalRate: 2, serviceRate: 1, servers: 3 }).waits, 4 / 9);
    close(stable({ arrivalRate: 2, serviceRate: 1, servers: 5 }).waits, 0.0597, 1e-3);
    close(stable({ arrivalRate: 8, serviceRate: 1, servers: 10 }).waits, 0.4092, 1e-3);
  });

  test('agree with the sum that Erlang C is, as far as its factorials go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (servers, part) => {
          const load = part * servers;
          let [term, sum] = [1, 0];
          for (let n = 0; n < servers; n++) {
            sum += term;
            term *= load / (n + 1);
          }
          const last = term / (1 - part);
          close(stable({ arrivalRate: load, serviceRate: 1, servers }).waits, last / (sum + last), 1e-8);
        },
      ),
    );
  });

  test('obey Little’s law, waiting and present', () => {
    fc.assert(
      fc.property(copingStation, (station) => {
        const { waiting, wait, present, stay } = stable(station);
        close(waiting, station.arrivalRate * wait);
        close(present, station.arrivalRate * stay);
      }),
    );
  });

  test('wait less the more they are', () => {
    fc.assert(
      fc.property(copingStation, (station) => {
        const more = stable({ ...station, servers: station.servers + 1 });
        expect(more.wait).toBeLessThanOrEqual(stable(station).wait);
      }),
    );
  });

  test('are counted without overflow where factorials have long ended', () => {
    const crowd = stable({ arrivalRate: 9_900, serviceRate: 1, servers: 10_000 });
    expect(crowd.waits).toBeGreaterThan(0);
    expect(crowd.waits).toBeLessThan(1);
    expect(stable({ arrivalRate: 1, serviceRate: 1, servers: 1_000 })).toMatchObject({ waits: 0, wait: 0, stay: 1 });
  });

  test('with nothing to do let nobody wait', () => {
    expect(stable({ arrivalRate: 0, serviceRate: 2, servers: 3 })).toMatchObject({
      utilisation: 0,
      wait: 0,
      stay: 0.5,
    });
  });

  test.each([
    [{ arrivalRate: -1, serviceRate: 1, servers: 1 }, 'arrivalRate is -1; expected a number from 0'],
    [{ arrivalRate: 1, serviceRate: 0, servers: 1 }, 'serviceRate is 0; expected a number above 0'],
    [{ arrivalRate: 1, serviceRate: 1, servers: 1.5 }, 'servers is 1.5; expected a whole number from 1'],
    [{ arrivalRate: Number.NaN, serviceRate: 1, servers: 1 }, 'arrivalRate is NaN; expected a number from 0'],
  ])('of %j there are none', (station, message) => {
    expect(() => manyServers(station)).toThrow(new RangeError(message));
  });
});

describe('as many servers as a wait asks for', () => {
  test('are the fewest that keep it', () => {
    fc.assert(
      fc.property(
        copingStation,
        fc.double({ min: 1e-4, max: 10, noNaN: true }),
        ({ arrivalRate, serviceRate }, longest) => {
          const servers = serversFor(arrivalRate, serviceRate, longest);
          expect(stable({ arrivalRate, serviceRate, servers }).wait).toBeLessThanOrEqual(longest);
          if (servers === 1) return;
          const fewer = manyServers({ arrivalRate, serviceRate, servers: servers - 1 });
          expect(fewer.kind === 'unstable' || fewer.wait > longest).toBe(true);
        },
      ),
    );
  });

  test('are one where nothing comes', () => {
    expect(serversFor(0, 1, 0.1)).toBe(1);
  });

  test('are not to be had for no wait at all', () => {
    expect(() => serversFor(1, 1, 0)).toThrow(new RangeError('longestWait is 0; expected a time above 0'));
  });
});

describe('a backlog', () => {
  test('is gone when what is left of the servers’ time has done it', () => {
    expect(drainTime({ arrivalRate: 2, serviceRate: 1, servers: 4 }, 100)).toBe(50);
    expect(drainTime({ arrivalRate: 2, serviceRate: 1, servers: 4 }, 0)).toBe(0);
  });

  test('is never gone where as much comes as can be done', () => {
    expect(drainTime({ arrivalRate: 4, serviceRate: 1, servers: 4 }, 1)).toBeUndefined();
    expect(drainTime({ arrivalRate: 4, serviceRate: 1, servers: 4 }, 0)).toBe(0);
  });
});

// Tolerances: three standard errors and more of what so many arrivals show (for one server √((2+5ρ−4ρ²+ρ³)/ρn)/(1−ρ) of the
// mean: D. J. Daley, The serial correlation coefficients of waiting times in a stationary single server queue, 1968).
describe('played on the clock of the local cloud, waits and queues are as computed', () => {
  test.each([
    { servers: 1, utilisation: 0.3, arrivals: 60_000, tolerance: 0.06 },
    { servers: 1, utilisation: 0.7, arrivals: 120_000, tolerance: 0.08 },
    { servers: 1, utilisation: 0.9, arrivals: 300_000, tolerance: 0.12 },
    { servers: 2, utilisation: 0.5, arrivals: 60_000, tolerance: 0.06 },
    { servers: 5, utilisation: 0.8, arrivals: 150_000, tolerance: 0.08 },
    { servers: 20, utilisation: 0.9, arrivals: 300_000, tolerance: 0.12 },
  ])('$servers servers, ρ = $utilisation', async ({ servers, utilisation, arrivals, tolerance }) => {
    const station = { servers, serviceRate: 1 / 40, arrivalRate: (utilisation * servers) / 40 };
    const computed = stable(station);
    const seen = await simulated(station, arrivals, 20_261_121);
    close(seen.busy / servers, utilisation, 0.02);
    close(seen.waiting, computed.waiting, tolerance);
    close(seen.wait, computed.wait, tolerance);
  });

  test('a backlog of 50 behind three servers', async () => {
    const station = { servers: 3, serviceRate: 1 / 40, arrivalRate: 1 / 20 };
    close(await simulatedDrain(station, 50, 400, 7), drainTime(station, 50) as number, 0.05);
  });
});

import type { Hono } from 'hono';
import { HttpProblem } from '../http/problem';
import { problemApp } from '../http/problem-app';
import { commandRoutes } from './command-routes';
import { eventsRoute } from './events-route';
import type { CommandApiPorts } from './ports';

/** Writes of everything: commands, and other people's events for the bus. */
export function commandApp(ports: CommandApiPorts): Hono {
  const app = problemApp(ports.telemetry, ports.effects.now);
  const routes = [...commandRoutes(ports), eventsRoute(ports)];
  for (const { method, path, answer } of routes) app.on(method, path, answer);
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes.flatMap((route) => (route.path === path ? [route.method] : [])).join(', ');
    app.all(path, ({ req }) => {
      const detail = `${req.method} is not possible at ${req.path}; queries have their own URL`;
      throw new HttpProblem(405, 'method-not-allowed', detail, {}, { allow });
    });
  }
  return app;
}

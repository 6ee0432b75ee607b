import type { LambdaEvent } from 'hono/aws-lambda';
import { handle } from 'hono/aws-lambda';
import { derivedId } from '../adapters/derived-id';
import { systemEffects } from '../adapters/system-effects';
import { makeExecuteCommand } from '../application/execute-command';
import { eventBus, eventStore, inbox, line, planner, telemetry } from '../composition';
import { commandApp } from './command/app';
import { observed } from './middleware';

const log = telemetry('command-api');

const respond = handle(
  commandApp({
    execute: makeExecuteCommand({
      events: eventStore(),
      planner: planner(),
      line: line(),
      inbox: inbox(),
      effects: systemEffects,
    }),
    bus: eventBus(),
    telemetry: log,
    effects: systemEffects,
    derivedId,
  }),
);

/** Function URL, payload 2.0: commands, and `POST /events`. */
export const handler = observed(log, (event: LambdaEvent) => respond(event));

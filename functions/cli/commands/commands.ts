import type { Command } from '../command';
import { capacity } from './capacity';
import { catchUpCommand } from './catch-up';
import { dlq } from './dlq';
import { events } from './events';
import { order } from './order';
import { parked } from './parked';
import { projection } from './projection';
import { projectionVerify } from './projection-verify';
import { put } from './put';
import { refused } from './refused';
import { rejected } from './rejected';
import { replayCommand } from './replay';
import { verify } from './verify';

/** All of them, in the order of the help. */
export const commands: readonly Command[] = [
  put,
  order,
  events,
  ...parked,
  ...rejected,
  ...refused,
  ...dlq,
  catchUpCommand,
  replayCommand,
  verify,
  ...projection,
  projectionVerify,
  capacity,
];

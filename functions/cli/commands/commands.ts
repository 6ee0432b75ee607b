import type { Command } from '../command';
import { capacity } from './capacity';
import { catchUpCommand } from './catch-up';
import { dlq } from './dlq';
import { events } from './events';
import { faults } from './faults';
import { iam } from './iam';
import { order } from './order';
import { parked } from './parked';
import { projection } from './projection';
import { projectionVerify } from './projection-verify';
import { put } from './put';
import { redrive } from './redrive';
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
  faults,
  redrive,
  ...dlq,
  catchUpCommand,
  replayCommand,
  verify,
  ...projection,
  projectionVerify,
  capacity,
  ...iam,
];

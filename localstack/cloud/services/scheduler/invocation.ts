import type { ScheduleId, Target } from './records';

/** An occurrence of a schedule that was due and is not delivered yet. */
export type Invocation = {
  /** The same for every attempt: 16 hexadecimal digits. */
  readonly id: string;
  readonly schedule: ScheduleId;
  /** As it was when the schedule was due. */
  readonly target: Target;
  /** Milliseconds since 1970. */
  readonly scheduledAt: number;
  readonly firstTriedAt: number;
  /** From 1. */
  readonly attempt: number;
  /** When this attempt is made. */
  readonly dueAt: number;
  /** The adversary has made this attempt late already. */
  readonly late?: true;
  /** The hop in the trace of its schedule. */
  readonly cause: string;
};

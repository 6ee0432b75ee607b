import type { EventBus } from '../../application/event-bus';
import type { ExecuteCommand } from '../../application/execute-command';
import type { Effects } from '../../application/ports';
import type { Telemetry } from '../../application/telemetry';

export type CommandApiPorts = {
  readonly execute: ExecuteCommand;
  readonly bus: EventBus;
  readonly telemetry: Telemetry;
  readonly effects: Pick<Effects, 'now' | 'newId'>;
  /** An id that follows from a text. */
  readonly derivedId: (text: string) => string;
};

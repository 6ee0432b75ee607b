import type { SQSEvent } from 'aws-lambda';
import { partIn } from '../../adapters/rebuild/queue';
import type { makeRebuildWorker } from '../../application/rebuild/worker';
import type { Telemetry } from '../../application/telemetry';
import { type BatchAnswer, eachOnItsOwn } from '../middleware';

/** Rebuild queue → a generation of a projection. A part that cannot go on now comes back. */
export function makeRebuildBatch(ports: {
  readonly work: ReturnType<typeof makeRebuildWorker>;
  readonly telemetry: Telemetry;
}) {
  const { work, telemetry } = ports;
  return (event: SQSEvent): Promise<BatchAnswer> =>
    eachOnItsOwn(
      telemetry,
      event.Records,
      ({ messageId }) => messageId,
      async ({ body }) => {
        const part = partIn(body);
        const { ended, ...counts } = await work(part);
        telemetry.count(part.task === 'build' ? 'EventsRebuilt' : 'RowsRemoved', counts.taken);
        telemetry.info(`part of a rebuild: ${ended}`, { ...part, ...counts });
      },
    );
}

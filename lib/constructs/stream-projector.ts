import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import type { EventStore } from './event-store';
import type { HoldingQueue } from './holding-queue';
import type { ServiceFunction } from './service-function';

export type StreamProjectorProps = {
  readonly stage: StageConfig;
  readonly store: EventStore;
  readonly projector: ServiceFunction;
  /** Places in the stream that it is to take up again: messages `{stream, version}`. */
  readonly redrive: HoldingQueue;
  /**
   * Where places in the stream go that the projector cannot pass: from the projector itself as
   * `{stream, version, error}` (its queue's URL is in `deadLettersUrlName`), from Lambda as a pointer into the stream.
   */
  readonly deadLetters: HoldingQueue;
  readonly deadLettersUrlName: string;
};

/**
 * Drives a function by the stream of the Events table: every event at least once, from the oldest that is there; and by a queue
 * of places in it that are to be taken up again.
 */
export class StreamProjector extends Construct {
  constructor(scope: Construct, id: string, props: StreamProjectorProps) {
    super(scope, id);
    const { stage, store, projector, redrive, deadLetters } = props;
    const settings = stage.projector;
    const mayFollow = store.grantFollow(projector.role);
    projector.sendsTo(deadLetters, props.deadLettersUrlName);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: projector.function,
      eventSourceArn: store.streamArn,
      // Not LATEST: what is appended while the mapping is being made would never be projected.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: settings.batchSize,
      ...(settings.batchWindow > 0 && { maxBatchingWindow: Duration.seconds(settings.batchWindow) }),
      parallelizationFactor: settings.parallelization,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: settings.retries,
      maxRecordAge: Duration.hours(settings.maxRecordAgeHours),
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    });
    // Lambda tries the permissions when the mapping is made.
    mayFollow.applyBefore(mapping);
    const mayConsume = redrive.grantConsume(projector.role);
    const redriveMapping = new EventSourceMapping(this, 'Redrive', {
      target: projector.function,
      eventSourceArn: redrive.queue.queueArn,
      batchSize: stage.redelivery.batchSize,
      maxConcurrency: stage.redelivery.maxConcurrency,
      reportBatchItemFailures: true,
    });
    mayConsume.applyBefore(redriveMapping);
  }
}

import { parseArn } from '../../core/arn';
import { AwsError, notImplemented } from '../../core/aws-error';
import type { OutgoingAttribute } from '../../core/peers';
import { asAwsError } from '../../core/registry';
import type { CloudContext, Principal } from '../../core/service';
import type { FunctionRecord } from './function-record';

/** What Lambda says about an invocation or a batch, to whoever takes its results. */
export type Report = {
  readonly body: string;
  readonly succeeded: boolean;
  /** Of the function, with its qualifier. */
  readonly functionArn: string;
};

/** An event that no try has got through. */
export type Letter = {
  readonly body: string;
  readonly attributes: Readonly<Record<string, OutgoingAttribute>>;
};

/** A result on its way, as the trace shows it. */
export type Delivery = {
  readonly operation: 'Destination' | 'DeadLetter';
  /** ARN of where it goes. */
  readonly to: string;
  readonly about: string;
  readonly causes: readonly string[];
};

/** Where results go: SQS, SNS, Lambda, EventBridge, in the name of the function's role. All sending is synchronous. */
export class Destinations {
  readonly #context: CloudContext;
  readonly #invoke: (functionArn: string, payload: string, principal: Principal) => void;

  constructor(context: CloudContext, invoke: (functionArn: string, payload: string, principal: Principal) => void) {
    this.#context = context;
    this.#invoke = invoke;
  }

  /** Runs `send` as a hop of its own. A delivery that fails is written to the function's log, and is over. */
  deliver(record: FunctionRecord, { operation, to, about, causes }: Delivery, send: () => void): void {
    const { trace } = this.#context;
    const hop = trace.begin({ service: 'lambda', operation, target: to, by: record.name, about, causes });
    try {
      trace.within(hop.id, send);
      hop.end();
    } catch (error) {
      const { code, message } = asAwsError(error);
      hop.end(code, message);
      this.reportFailure(record, to, error);
    }
  }

  /** Throws when the destination is not there, or when the role may not send to it: each judges that itself. */
  send(destination: string, report: Report, role: Principal): void {
    const { registry } = this.#context;
    switch (parseArn(destination)?.service) {
      case 'sqs':
        registry.peer('sqs').send(destination, { body: report.body }, role);
        return;
      case 'sns':
        registry.peer('sns').publish(destination, { text: report.body }, role);
        return;
      case 'lambda':
        this.#invoke(destination, report.body, role);
        return;
      case 'events':
        registry.peer('events').put(
          destination,
          {
            source: 'lambda',
            detailType: `Lambda Function Invocation Result - ${report.succeeded ? 'Success' : 'Failure'}`,
            detail: report.body,
            resources: [report.functionArn, destination],
          },
          role,
        );
        return;
      default:
        throw notImplemented(`The destination ${destination}`);
    }
  }

  /** To a dead-letter queue, or topic. */
  sendLetter(to: string, { body, attributes }: Letter, role: Principal): void {
    const { registry } = this.#context;
    if (parseArn(to)?.service === 'sns') registry.peer('sns').publish(to, { text: body, attributes }, role);
    else registry.peer('sqs').send(to, { body, attributes }, role);
  }

  /** What AWS only counts as a failed delivery stands, here, in the function's log. */
  reportFailure(record: FunctionRecord, destination: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const timestamp = this.#context.clock.now();
    this.#context.registry
      .peer('logs')
      .write(record.latest.logging.LogGroup, 'local-cloud', [
        { timestamp, message: `ERROR Lambda could not deliver to ${destination}: ${why}\n` },
      ]);
  }
}

/** Refuses, by name, destinations that are not there; `kinds` are the services that AWS takes at this place. */
export function validateDestination(at: string, arn: unknown, kinds: readonly string[]): void {
  if (arn === undefined || arn === '') return;
  const service = typeof arn === 'string' ? parseArn(arn)?.service : undefined;
  if (service === 's3') throw notImplemented(`${at}: a destination of ${service}`);
  if (!service || !kinds.includes(service)) {
    throw new AwsError('InvalidParameterValueException', `The provided destination ${arn} is invalid.`, {
      fields: { Type: 'User' },
    });
  }
}

import { AwsError } from '../../../core/aws-error';
import type { CloudContext } from '../../../core/service';
import { rolePrincipal } from '../execution/role-credentials';
import type { Functions } from '../functions';
import type { MappingRecord } from './mapping-record';

/**
 * What Lambda does with a source in the name of the function's role; it asks for all of it when a mapping is made.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, …/services-ddb.html
 */
export const SOURCE_ACTIONS: Readonly<Record<MappingRecord['source'], readonly string[]>> = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream', 'dynamodb:ListStreams'],
};

/** The right to use a mapping's source, asked for at every use: policies change while a mapping is there. */
export class SourcePermission {
  readonly #context: CloudContext;
  readonly #functions: Pick<Functions, 'resolve'>;
  readonly #mapping: MappingRecord;
  #principal: ReturnType<typeof rolePrincipal> | undefined;

  constructor(context: CloudContext, functions: Pick<Functions, 'resolve'>, mapping: MappingRecord) {
    this.#context = context;
    this.#functions = functions;
    this.#mapping = mapping;
  }

  /** Throws IAM's `AccessDenied…`, or KMS's of an encrypted queue, when the role may not do all of it. Without a function there is nobody to ask for. */
  check(actions: readonly string[]): void {
    const found = this.#function();
    if (!found) return;
    const { config, record } = found;
    const known = this.#principal?.roleArn === config.role ? this.#principal : undefined;
    const principal = known ?? rolePrincipal(config.role, record.name);
    this.#principal = principal;
    const resource = this.#mapping.eventSourceArn;
    this.#context.registry.peer('iam').authorize(
      principal,
      actions.map((action) => ({ action, resource })),
    );
    if (actions.includes('sqs:ReceiveMessage')) this.#context.registry.peer('sqs').checkKey(resource, principal);
    if (actions.includes('dynamodb:GetRecords')) this.#context.registry.peer('dynamodb').checkKey(resource, principal);
  }

  #function() {
    try {
      return this.#functions.resolve(this.#mapping.functionArn, this.#context);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }
}

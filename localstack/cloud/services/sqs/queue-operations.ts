import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Registry } from '../../core/registry';
import type { Call, Operation } from '../../core/service';
import { invalidParameter, missingParameter, noSuchQueue, sqsError } from './errors';
import type { Queue } from './queue';
import { type AttributeMap, changeAttributes, isKnownAttribute, withDefaults } from './queue-attributes';
import { type QueueId, urlOf } from './queue-record';
import type { Queues } from './queues';

const PURGE_INTERVAL = 60_000;
const MAX_TAGS = 50;
const MAX_ACTIONS = 7;

/** The operations on queues themselves. */
export function queueOperations(queues: Queues, clock: Clock, registry: Registry): Record<string, Operation> {
  const purgedAt = new WeakMap<Queue, number>();
  const exists = (id: QueueId) => queues.find(id) !== undefined;
  const checkPolicy = ({ Policy }: AttributeMap): void => {
    if (!Policy) return;
    try {
      registry.peer('iam').checkResourcePolicy(Policy);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'MalformedPolicyDocument') throw error;
      throw sqsError('InvalidAttributeValue', 'Invalid value for the parameter Policy.');
    }
  };
  const find = (input: { QueueUrl?: unknown }, call: Call): Queue => {
    if (input.QueueUrl === undefined) throw missingParameter('QueueUrl');
    return queues.byUrl(input.QueueUrl, call);
  };

  return {
    CreateQueue: (input, call) => {
      refuseUnknown('sqs:CreateQueue', input, ['QueueName', 'Attributes', 'tags']);
      const { QueueName: name, Attributes: given = {}, tags = {} } = input;
      if (typeof name !== 'string') throw missingParameter('QueueName');
      const id = { name, account: call.account, region: call.region };
      const attributes = checkedAttributes(id, given, exists);
      checkPolicy(given);
      checkTags(tags);
      const existing = queues.find(id);
      if (existing) {
        refuseDifferent(existing, withDefaults(id, attributes), given);
        return { QueueUrl: urlOf(id, call) };
      }
      const now = clock.now();
      queues.create({ ...id, createdAt: now, modifiedAt: now, attributes, tags });
      return { QueueUrl: urlOf(id, call) };
    },

    DeleteQueue: (input, call) => {
      refuseUnknown('sqs:DeleteQueue', input, ['QueueUrl']);
      queues.delete(find(input, call));
    },

    GetQueueUrl: (input, call) => {
      refuseUnknown('sqs:GetQueueUrl', input, ['QueueName', 'QueueOwnerAWSAccountId']);
      if (typeof input.QueueName !== 'string') throw missingParameter('QueueName');
      const id = { name: input.QueueName, account: input.QueueOwnerAWSAccountId ?? call.account, region: call.region };
      if (!exists(id)) throw noSuchQueue();
      return { QueueUrl: urlOf(id, call) };
    },

    ListQueues: (input, call) => {
      refuseUnknown('sqs:ListQueues', input, ['QueueNamePrefix', 'MaxResults', 'NextToken']);
      const prefix: string = input.QueueNamePrefix ?? '';
      const urls = queues
        .list(call)
        .filter(({ record }) => record.name.startsWith(prefix))
        .map(({ record }) => urlOf(record, call));
      const { page, NextToken } = pageOf(urls, input);
      return { ...(page.length > 0 ? { QueueUrls: page } : {}), ...NextToken };
    },

    ListDeadLetterSourceQueues: (input, call) => {
      refuseUnknown('sqs:ListDeadLetterSourceQueues', input, ['QueueUrl', 'MaxResults', 'NextToken']);
      const { arn } = find(input, call);
      const urls = queues.sourcesOf(arn).map(({ record }) => urlOf(record, call));
      const { page, NextToken } = pageOf(urls, input);
      return { queueUrls: page, ...NextToken };
    },

    GetQueueAttributes: (input, call) => {
      refuseUnknown('sqs:GetQueueAttributes', input, ['QueueUrl', 'AttributeNames']);
      const queue = find(input, call);
      const names: string[] = input.AttributeNames ?? [];
      const unknown = names.find((name) => name !== 'All' && !isKnownAttribute(name));
      if (unknown) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      if (names.length === 0) return {};
      const all = allAttributes(queue);
      if (names.includes('All')) return { Attributes: all };
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) };
    },

    SetQueueAttributes: (input, call) => {
      refuseUnknown('sqs:SetQueueAttributes', input, ['QueueUrl', 'Attributes']);
      const queue = find(input, call);
      if (!input.Attributes) throw missingParameter('Attributes');
      if (input.Attributes.FifoQueue !== undefined) {
        throw sqsError(
          'InvalidAttributeValue',
          'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
        );
      }
      checkPolicy(input.Attributes);
      queues.update(queue, {
        attributes: changeAttributes(queue.record, queue.record.attributes, input.Attributes, exists),
      });
    },

    PurgeQueue: (input, call) => {
      refuseUnknown('sqs:PurgeQueue', input, ['QueueUrl']);
      const queue = find(input, call);
      const before = purgedAt.get(queue);
      if (before !== undefined && clock.now() - before < PURGE_INTERVAL) {
        throw sqsError(
          'PurgeQueueInProgress',
          `Only one PurgeQueue operation on ${queue.record.name} is allowed every 60 seconds.`,
          'AWS.SimpleQueueService.PurgeQueueInProgress',
        );
      }
      purgedAt.set(queue, clock.now());
      queue.purge();
    },

    ListQueueTags: (input, call) => {
      refuseUnknown('sqs:ListQueueTags', input, ['QueueUrl']);
      const { tags } = find(input, call).record;
      return Object.keys(tags).length > 0 ? { Tags: tags } : {};
    },

    TagQueue: (input, call) => {
      refuseUnknown('sqs:TagQueue', input, ['QueueUrl', 'Tags']);
      const queue = find(input, call);
      if (!input.Tags || Object.keys(input.Tags).length === 0) throw missingParameter('Tags');
      const tags = { ...queue.record.tags, ...input.Tags };
      checkTags(tags);
      queues.update(queue, { tags });
    },

    UntagQueue: (input, call) => {
      refuseUnknown('sqs:UntagQueue', input, ['QueueUrl', 'TagKeys']);
      const queue = find(input, call);
      if (!Array.isArray(input.TagKeys) || input.TagKeys.length === 0) throw missingParameter('TagKeys');
      const keep = Object.entries(queue.record.tags).filter(([key]) => !input.TagKeys.includes(key));
      queues.update(queue, { tags: Object.fromEntries(keep) });
    },

    AddPermission: (input, call) => {
      refuseUnknown('sqs:AddPermission', input, ['QueueUrl', 'Label', 'AWSAccountIds', 'Actions']);
      const queue = find(input, call);
      const { Label, AWSAccountIds, Actions } = input;
      for (const [name, value] of Object.entries({ Label, AWSAccountIds, Actions })) {
        if (value === undefined || value.length === 0) throw missingParameter(name);
      }
      if (Actions.length > MAX_ACTIONS) {
        throw sqsError('OverLimit', `${Actions.length} Actions were found, maximum allowed is ${MAX_ACTIONS}.`);
      }
      const statements = statementsOf(queue);
      if (statements.some(({ Sid }) => Sid === Label)) {
        throw invalidParameter(`Value ${Label} for parameter Label is invalid. Reason: Already exists.`);
      }
      const accounts = (AWSAccountIds as string[]).map((account) => `arn:aws:iam::${account}:root`);
      statements.push({
        Sid: Label,
        Effect: 'Allow',
        Principal: { AWS: accounts.length === 1 ? accounts[0] : accounts },
        Action: (Actions as string[]).map((action) => `SQS:${action}`),
        Resource: queue.arn,
      });
      setPolicy(queues, queue, statements);
    },

    RemovePermission: (input, call) => {
      refuseUnknown('sqs:RemovePermission', input, ['QueueUrl', 'Label']);
      const queue = find(input, call);
      const statements = statementsOf(queue);
      const keep = statements.filter(({ Sid }) => Sid !== input.Label);
      if (keep.length === statements.length) {
        throw invalidParameter(
          `Value ${input.Label} for parameter Label is invalid. Reason: can't find label on existing policy.`,
        );
      }
      setPolicy(queues, queue, keep);
    },
  };
}

/** All attributes of a queue, as `GetQueueAttributes` shows them. */
function allAttributes(queue: Queue): AttributeMap {
  const { record, arn } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  return {
    ...withDefaults(record, record.attributes),
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(record.createdAt / 1_000)),
    LastModifiedTimestamp: String(Math.floor(record.modifiedAt / 1_000)),
  };
}

function checkedAttributes(id: QueueId, given: AttributeMap, exists: (queue: QueueId) => boolean): AttributeMap {
  if (given.FifoQueue === 'true' || id.name.endsWith('.fifo')) {
    if (!/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(id.name)) {
      throw invalidParameter(
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
      );
    }
    if (given.FifoQueue !== 'true') {
      throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
    }
  } else if (!/^[A-Za-z0-9_-]{1,80}$/.test(id.name)) {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  return changeAttributes(id, {}, given, exists);
}

function refuseDifferent(existing: Queue, wanted: AttributeMap, given: AttributeMap): void {
  const present = withDefaults(existing.record, existing.record.attributes);
  const different = Object.keys(given).find((name) => present[name] !== wanted[name]);
  if (different) {
    throw sqsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${different}`,
      'QueueAlreadyExists',
    );
  }
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) throw invalidParameter('Too many tags: a queue can have at most 50.');
  if (keys.some((key) => key.length === 0 || key.length > 128)) {
    throw invalidParameter('Tag keys must be between 1 and 128 characters in length.');
  }
}

type Statement = { readonly Sid?: string; readonly [member: string]: unknown };

function statementsOf(queue: Queue): Statement[] {
  const { Statement = [] } = (queue.settings.policy ?? {}) as { Statement?: Statement | Statement[] };
  return Array.isArray(Statement) ? [...Statement] : [Statement];
}

function setPolicy(queues: Queues, queue: Queue, statements: readonly Statement[]): void {
  const { Policy: _, ...others } = queue.record.attributes;
  const policy = JSON.stringify({ Version: '2012-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: statements });
  queues.update(queue, { attributes: statements.length > 0 ? { ...others, Policy: policy } : others });
}

/** One page, when the caller set `MaxResults`; without it AWS gives up to 1,000 and no token. */
function pageOf(
  all: readonly string[],
  { MaxResults, NextToken }: { MaxResults?: number; NextToken?: string },
): { page: readonly string[]; NextToken: { NextToken?: string } } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > 1_000)) {
    throw invalidParameter('MaxResults must be between 1 and 1000.');
  }
  if (NextToken !== undefined && MaxResults === undefined) {
    throw notImplemented('sqs: NextToken without MaxResults');
  }
  const after = NextToken === undefined ? undefined : Buffer.from(NextToken, 'base64').toString('utf8');
  const start = after === undefined ? 0 : all.findIndex((url) => url > after);
  const limit = MaxResults ?? 1_000;
  const page = start < 0 ? [] : all.slice(start, start + limit);
  const more = MaxResults !== undefined && start >= 0 && start + limit < all.length;
  return { page, NextToken: more ? { NextToken: Buffer.from(page.at(-1) ?? '').toString('base64') } : {} };
}

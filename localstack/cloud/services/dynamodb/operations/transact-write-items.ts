import type { Operation } from '../../../core/service';
import { validationError } from '../errors';
import type { StoredItem } from '../table/stored-item';
import type { Owner, Tables } from '../table/tables';
import { Capacity, readUnits } from './capacity';
import {
  conditionMembers,
  requiredMap,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  tableName,
} from './common-shapes';
import { checkInput, type Members } from './input-shape';
import { assertNoMetrics } from './item-writes';
import {
  type KeyInput,
  type PreparedWrite,
  type PutInput,
  prepareCheck,
  prepareDelete,
  preparePut,
  prepareUpdate,
  type UpdateInput,
} from './prepared-write';
import type { RequestTokens } from './request-tokens';
import { attempted, FINE, type Reason, throwIfCancelled } from './transaction-outcome';

const MAX_BYTES = 4 * 1024 * 1024;

const onKey: Members = { TableName: tableName, Key: requiredMap, ...conditionMembers };

const members: Members = {
  TransactItems: {
    type: 'list',
    required: true,
    min: 1,
    max: 100,
    of: {
      type: 'structure',
      members: {
        ConditionCheck: {
          type: 'structure',
          members: { ...onKey, ConditionExpression: { type: 'string', required: true } },
        },
        Put: { type: 'structure', members: { TableName: tableName, Item: requiredMap, ...conditionMembers } },
        Delete: { type: 'structure', members: onKey },
        Update: { type: 'structure', members: { ...onKey, UpdateExpression: { type: 'string', required: true } } },
      },
    },
  },
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ClientRequestToken: { type: 'string', min: 1, max: 36 },
};

type Action = {
  readonly ConditionCheck?: KeyInput;
  readonly Put?: PutInput;
  readonly Delete?: KeyInput;
  readonly Update?: UpdateInput;
};
type Input = {
  readonly TransactItems: readonly Action[];
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
  readonly ClientRequestToken?: string;
};

type Step = {
  readonly write: PreparedWrite;
  key: string;
  before: StoredItem | undefined;
  after: StoredItem | undefined;
};

export const transactWriteItems =
  (tables: Tables, tokens: RequestTokens): Operation =>
  (input: Input, call) => {
    checkInput('TransactWriteItems', input, members);
    const { TransactItems, ClientRequestToken: token } = input;
    const steps = TransactItems.map((action): Step => {
      const write = prepare(tables, call, action);
      return { write, key: '', before: undefined, after: undefined };
    });
    assertNoMetrics(
      input,
      steps.map(({ write }) => write),
    );
    if (steps.reduce((sum, { write }) => sum + write.size, 0) > MAX_BYTES)
      throw validationError('The aggregate size of the items in the transaction cannot exceed 4 MB');
    if (token !== undefined && tokens.isRepeated(call, token, TransactItems)) return repeated(input, steps);

    locateAll(steps);
    throwIfCancelled(
      steps.map((step) =>
        attempted(() => {
          step.before = step.write.table.get(step.key);
          step.write.check(step.before);
          step.after = step.write.result(step.before);
        }),
      ),
    );
    tables.changeTogether(`dynamodb:${steps[0]?.write.table.record.name}:${steps[0]?.key}`, (changes) => {
      for (const { write, key, before, after } of steps) write.table.write(changes, key, before, after);
    });
    if (tables.context.faults.active) tables.transactions.note(steps, tables.context.clock.now());
    if (token !== undefined) tokens.remember(call, token, TransactItems);
    const capacity = new Capacity(input.ReturnConsumedCapacity, 'write');
    for (const { write, before, after } of steps) capacity.addWrite(write.table, before, after, 2);
    return { ConsumedCapacity: capacity.all() };
  };

function prepare(tables: Tables, owner: Owner, action: Action): PreparedWrite {
  const { ConditionCheck, Put, Delete, Update } = action;
  if ([ConditionCheck, Put, Delete, Update].filter((each) => each != null).length !== 1)
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  if (Put) return preparePut(tables, owner, Put);
  if (Update) return prepareUpdate(tables, owner, Update);
  if (Delete) return prepareDelete(tables, owner, Delete);
  return prepareCheck(tables, owner, ConditionCheck as KeyInput);
}

function locateAll(steps: readonly Step[]): void {
  const seen = new Set<string>();
  let duplicate = false;
  const reasons: Reason[] = steps.map((step) => {
    const reason = attempted(() => {
      step.key = step.write.locate();
    });
    if (reason !== FINE) return reason;
    const place = step.write.table.record.id + step.key;
    duplicate ||= seen.has(place);
    seen.add(place);
    return FINE;
  });
  if (duplicate) throw validationError('Transaction request cannot include multiple operations on one item');
  throwIfCancelled(reasons);
}

/** A repetition does nothing; AWS counts it as reading the items. */
function repeated(input: Input, steps: readonly Step[]): object {
  const capacity = new Capacity(input.ReturnConsumedCapacity, 'read');
  for (const { write } of steps) {
    const stored = write.table.get(write.locate());
    capacity.add(write.table, 2 * readUnits(stored?.size ?? 0, true));
  }
  return { ConsumedCapacity: capacity.all() };
}

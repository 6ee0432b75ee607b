import type { Operation } from '../../../core/service';
import { validationError } from '../errors';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { Capacity } from './capacity';
import { requiredMap, returnConsumedCapacity, returnItemCollectionMetrics } from './common-shapes';
import { checkInput, type Members } from './input-shape';
import { assertNoMetrics } from './item-writes';
import { throttle } from './partial-throttle';
import { type PreparedWrite, prepareDelete, preparePut } from './prepared-write';

const MAX_REQUESTS = 25;

const members: Members = {
  RequestItems: requiredMap,
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
};
const requestMembers: Members = {
  PutRequest: { type: 'structure', members: { Item: requiredMap } },
  DeleteRequest: { type: 'structure', members: { Key: requiredMap } },
};

type Request = { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } };
type RequestedWrite = { readonly write: PreparedWrite; readonly name: string; readonly request: Request };
type Input = {
  readonly RequestItems: Readonly<Record<string, readonly Request[]>>;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
};

export const batchWriteItem =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('BatchWriteItem', input, members);
    const entries = Object.entries(input.RequestItems);
    assertCounts(entries);
    const writes = entries.flatMap(([TableName, requests]) =>
      requests.map((request): RequestedWrite => {
        checkInput('BatchWriteItem', request, requestMembers);
        const { PutRequest, DeleteRequest } = request;
        if (PutRequest && DeleteRequest)
          throw validationError(
            'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
          );
        const of = (write: PreparedWrite) => ({ write, name: TableName, request });
        if (PutRequest) return of(preparePut(tables, call, { TableName, Item: PutRequest.Item }));
        if (DeleteRequest) return of(prepareDelete(tables, call, { TableName, Key: DeleteRequest.Key }));
        throw validationError(
          'Supplied WriteRequest is empty, must contain exactly one of PutRequest or DeleteRequest',
        );
      }),
    );
    assertNoMetrics(
      input,
      writes.map(({ write }) => write),
    );
    const located = writes.map((requested) => ({
      ...requested,
      table: requested.write.table,
      key: requested.write.locate(),
    }));
    if (new Set(located.map(({ write, key }) => write.table.record.id + key)).size < located.length)
      throw validationError('Provided list of item keys contains duplicates');
    const capacity = new Capacity(input.ReturnConsumedCapacity);
    const { processed, throttled } = throttle(tables, 'BatchWriteItem.Item', call, located);
    const unprocessed: Record<string, Request[]> = {};
    for (const { name, request } of throttled) unprocessed[name] = [...(unprocessed[name] ?? []), request];
    tables.change((changes) => {
      for (const { write, key } of processed) {
        const before = write.table.get(key);
        const after = write.result(before);
        write.table.write(changes, key, before, after);
        capacity.addWrite(write.table, before, after);
      }
    });
    return { UnprocessedItems: unprocessed, ConsumedCapacity: capacity.all() };
  };

function assertCounts(entries: readonly [string, readonly Request[]][]): void {
  const fits = (length: number) => length >= 1 && length <= MAX_REQUESTS;
  if (entries.length === 0 || entries.some(([, requests]) => !Array.isArray(requests) || !fits(requests.length))) {
    const shown = entries.map(([name, requests]) => `${name}=${JSON.stringify(requests)}`).join(', ');
    throw validationError(
      `1 validation error detected: Value '{${shown}}' at 'requestItems' failed to satisfy constraint: ${
        entries.length === 0
          ? 'Member must have length greater than or equal to 1'
          : `Map value must satisfy constraint: [Member must have length less than or equal to ${MAX_REQUESTS}, Member must have length greater than or equal to 1]`
      }`,
    );
  }
  if (!fits(entries.reduce((sum, [, requests]) => sum + requests.length, 0)))
    throw validationError('Too many items requested for the BatchWriteItem call');
}

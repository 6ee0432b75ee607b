/** What DynamoDB charges for on a table or one of its indexes. */
export type TableUnits = {
  readonly table: string;
  readonly index?: string;
  readonly reads: number;
  readonly writes: number;
};

type Units = { readonly CapacityUnits?: number };
type Consumed = Units & {
  readonly TableName?: string;
  readonly Table?: Units;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Units>>;
};

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** Operations that say what they consumed when they are asked. */
export const consumes = (operation: string): boolean => READS.has(operation) || WRITES.has(operation);

/** From the `ConsumedCapacity` of an answer to a request with `ReturnConsumedCapacity: INDEXES`. */
export function unitsConsumed(operation: string, answer: { readonly ConsumedCapacity?: unknown }): TableUnits[] {
  const given = answer.ConsumedCapacity as Consumed | readonly Consumed[] | undefined;
  const all: readonly Consumed[] = given === undefined ? [] : Array.isArray(given) ? given : [given as Consumed];
  const units = (table: string, { CapacityUnits = 0 }: Units, index?: string): TableUnits => ({
    table,
    ...(index !== undefined && { index }),
    reads: READS.has(operation) ? CapacityUnits : 0,
    writes: WRITES.has(operation) ? CapacityUnits : 0,
  });
  return all.flatMap((one) => [
    units(one.TableName ?? '', one.Table ?? one),
    ...Object.entries(one.GlobalSecondaryIndexes ?? {}).map(([index, of]) => units(one.TableName ?? '', of, index)),
  ]);
}

/**
 * A write whose condition did not hold is charged as well, by the size of the item in its way; an error does not say how
 * much, and no item here is above 1 KB for long: one unit, and two for each item of a transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function unitsOfRefusal(operation: string, request: Readonly<Record<string, unknown>>): TableUnits[] {
  const items = (request.TransactItems ?? []) as Readonly<Record<string, { readonly TableName: string }>>[];
  if (operation === 'TransactWriteItems')
    return items
      .flatMap((item) => Object.values(item))
      .map(({ TableName }) => ({ table: TableName, reads: 0, writes: 2 }));
  return WRITES.has(operation) ? [{ table: String(request.TableName), reads: 0, writes: 1 }] : [];
}

export type BusEntry = { readonly Source?: string; readonly DetailType?: string; readonly Detail?: string };

/**
 * Events charged for an entry: one for each 64 KB begun. The size by
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html (a `Time` would be 14 bytes more).
 */
export function busEvents({ Source = '', DetailType = '', Detail = '' }: BusEntry): number {
  const bytes = Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
  return Math.max(1, Math.ceil(bytes / (64 * 1024)));
}

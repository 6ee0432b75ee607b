import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { KeyedTable } from './keyed-table';

/** What came and is not, or not yet, in a stream: parked events, rejected events, refused commands. */
export class Inbox extends Construct {
  readonly tableName: string;
  readonly #table: KeyedTable;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    this.#table = new KeyedTable(this, 'Inbox', {
      stage: props.stage,
      partitionKey: 'stream',
      sortKey: 'entry',
      indexes: { 'by-state': ['stateShard', 'at'] },
    });
    this.tableName = this.#table.table.tableName;
  }

  /** To record what is refused, and to claim what has to be so with an append: names, and where events stand. */
  grantClaim(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'PutItem', 'DeleteItem', 'GetItem', 'BatchWriteItem');
  }

  /** The same, and to park events, look at what else waits for a stream, and take out those that have been decided. */
  grantPark(grantee: IGrantable): Grant {
    return this.grantClaim(grantee).combine(this.#table.grant(grantee, 'Query', 'ConditionCheckItem'));
  }

  /** To wait in line for a stream that many want to write to. */
  grantLine(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'GetItem', 'UpdateItem');
  }

  /** To read what waits for a stream. */
  grantRead(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Query');
  }

  /** To read across streams by state and time. */
  grantSearch(grantee: IGrantable): Grant {
    return this.#table.grantQueryIndexes(grantee);
  }
}

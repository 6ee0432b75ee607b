import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { KeyedTable } from './keyed-table';

/** What many streams feed together: counters, the marks of what has been counted, and what the monitor notes. */
export class Insights extends Construct {
  readonly tableName: string;
  readonly #table: KeyedTable;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    this.#table = new KeyedTable(this, 'Insights', {
      stage: props.stage,
      partitionKey: 'pk',
      sortKey: 'sk',
      timeToLive: 'expiresAt',
      // What sold most of a day: only rows of SKUs are in it.
      indexes: { top: ['topOf', { number: 'quantity' }] },
    });
    this.tableName = this.#table.table.tableName;
  }

  /** To count each fact once: read the marks, then write them with the effects in one transaction. */
  grantCount(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchGetItem', 'PutItem', 'UpdateItem');
  }

  /** To note what happens here and now: counts that a repetition does not spoil, and errors. */
  grantNote(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'UpdateItem', 'PutItem');
  }

  /** To write what rides along with rows of another table, in one call with them. */
  grantRide(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchWriteItem');
  }

  /** To remove the counters of a generation that is retired. */
  grantRemove(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Scan', 'BatchWriteItem');
  }

  /** To read counters, and what the monitor notes. */
  grantRead(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Query');
  }

  /** To read what there is most of. */
  grantRank(grantee: IGrantable): Grant {
    return this.#table.grantQueryIndexes(grantee, 'top');
  }
}

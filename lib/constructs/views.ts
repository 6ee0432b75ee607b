import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { KeyedTable } from './keyed-table';

/** The read models, one row per subject and per event. Can be rebuilt from the Events table. */
export class Views extends Construct {
  readonly tableName: string;
  readonly #table: KeyedTable;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    this.#table = new KeyedTable(this, 'Views', {
      stage: props.stage,
      partitionKey: 'pk',
      sortKey: 'sk',
      indexes: {
        'orders-by-user': ['userKey', 'createdKey'],
        'orders-by-status': ['statusShard', 'updatedKey'],
        'events-by-type': ['typeShard', 'recordedKey'],
        'events-by-time': ['timeShard', 'recordedKey'],
        'events-by-correlation': ['correlationId', 'recordedKey'],
        // Only rows that a fault holds up are in it.
        faults: ['faultShard', 'pk'],
      },
    });
    this.tableName = this.#table.table.tableName;
  }

  /** To keep rows that fold a stream: read by key, then write on a condition. */
  grantProject(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchGetItem', 'PutItem');
  }

  /** To write rows that do not depend on what is there. */
  grantWrite(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'PutItem', 'BatchWriteItem');
  }

  /** To build a generation beside others, remember how far that has come, and remove one that is retired. */
  grantRebuild(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'Scan', 'Query');
  }

  /** To see how far the rows have come, and what holds them up. */
  grantWatch(grantee: IGrantable): Grant {
    const indexes = this.#table.grantQueryIndexes(grantee, 'orders-by-status', 'events-by-time', 'faults');
    return this.#table.grant(grantee, 'BatchGetItem').combine(indexes);
  }

  /** To read rows, and search them by every index. */
  grantRead(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchGetItem', 'Query').combine(this.#table.grantQueryIndexes(grantee));
  }
}

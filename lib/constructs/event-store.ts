import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { KeyedTable } from './keyed-table';
import { refuseThirdReader } from './stream-readers';

/**
 * The append-only table of events, with the stream that drives the projections.
 *
 * It has no index: every other way of looking events up is a projection, so appending costs one write unit. It
 * offers no grant that would allow an event to be changed or deleted.
 */
export class EventStore extends Construct {
  readonly tableName: string;
  readonly streamArn: string;
  readonly #table: KeyedTable;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    this.#table = new KeyedTable(this, 'Events', {
      stage: props.stage,
      partitionKey: 'stream',
      sortKey: { number: 'version' },
      stream: StreamViewType.NEW_IMAGE,
    });
    this.tableName = this.#table.table.tableName;
    const { tableStreamArn } = this.#table.table;
    if (!tableStreamArn) throw new Error('the Events table has a stream');
    this.streamArn = tableStreamArn;
    refuseThirdReader(this, this.streamArn);
  }

  /** To load a stream and append to it: conditional puts and condition checks, alone or in transactions. */
  grantAppend(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'PutItem', 'ConditionCheckItem', 'Query');
  }

  /** To load streams, whole or in part. */
  grantLoad(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Query');
  }

  /** To read single events by their places. */
  grantFetch(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'BatchGetItem');
  }

  /** To load streams, and single events by their places. */
  grantRead(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Query', 'BatchGetItem');
  }

  /** To read all of it, part by part, and single streams. */
  grantScan(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'Scan', 'Query');
  }

  /** To follow the stream of appended events. A stream serves two readers: see `refuseThirdReader`. */
  grantFollow(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((a) => `dynamodb:${a}`),
      resourceArns: [this.streamArn],
    });
  }
}

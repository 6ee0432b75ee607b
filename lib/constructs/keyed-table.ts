import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  type StreamViewType,
  Table,
} from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { acknowledge } from './acknowledge';

/** A name is a string key; `{number}` a numeric one. */
export type SortKey = string | { readonly number: string };

export type KeyedTableProps = {
  readonly stage: StageConfig;
  readonly partitionKey: string;
  /** Default: none. */
  readonly sortKey?: SortKey;
  /** Sparse indexes with all attributes, by name: `[partition key, sort key]`, the first a string. Default: none. */
  readonly indexes?: Readonly<Record<string, readonly [string, SortKey]>>;
  /** Default: no stream. */
  readonly stream?: StreamViewType;
  /** The attribute, in seconds since 1970, after which an item may go. Default: nothing goes. */
  readonly timeToLive?: string;
  /** Why no earlier state of the table may come back. Default: where the stage keeps data, any can be restored. */
  readonly neverRestored?: string;
};

/**
 * A DynamoDB table with the defaults of this system: on demand, point-in-time recovery, kept when its stack goes.
 *
 * It has no name of its own: a retained table with a fixed name would block the next deployment of its stack.
 */
export class KeyedTable extends Construct {
  readonly table: Table;
  readonly #indexes: readonly string[];

  constructor(scope: Construct, id: string, props: KeyedTableProps) {
    super(scope, id);
    const { stage, sortKey, stream, timeToLive, neverRestored } = props;
    const restorable = stage.pointInTimeRecovery && neverRestored === undefined;
    this.table = new Table(this, 'Table', {
      partitionKey: text(props.partitionKey),
      ...(sortKey && { sortKey: attribute(sortKey) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(stream && { stream }),
      ...(timeToLive && { timeToLiveAttribute: timeToLive }),
      ...(restorable && { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }),
      deletionProtection: stage.protectData,
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    for (const [indexName, [partitionKey, sortKey]] of Object.entries(props.indexes ?? {})) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partitionKey),
        sortKey: attribute(sortKey),
        projectionType: ProjectionType.ALL,
      });
    }
    this.#indexes = Object.keys(props.indexes ?? {});
    if (!restorable) {
      const why = neverRestored ?? `Stage ${stage.name} holds nothing that would have to be restored.`;
      acknowledge(this.table, 'AwsSolutions-DDB3', why);
    }
  }

  /** Grants these DynamoDB actions (`PutItem`, …) on the table itself. */
  grant(grantee: IGrantable, ...actions: readonly string[]): Grant {
    return this.#grant(grantee, actions, [this.table.tableArn]);
  }

  /** Grants `Query` on these indexes; on all of them when none is named. */
  grantQueryIndexes(grantee: IGrantable, ...names: readonly string[]): Grant {
    const wanted = names.length > 0 ? names : this.#indexes;
    // One by one: the wildcard `index/*` would also open indexes that nobody has thought of yet.
    return this.#grant(
      grantee,
      ['Query'],
      wanted.map((name) => `${this.table.tableArn}/index/${name}`),
    );
  }

  #grant(grantee: IGrantable, actions: readonly string[], resourceArns: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions: actions.map((action) => `dynamodb:${action}`), resourceArns });
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

function attribute(key: SortKey): Attribute {
  return typeof key === 'string' ? text(key) : { name: key.number, type: AttributeType.NUMBER };
}

import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { KeyedTable } from './keyed-table';

/**
 * The keys that personal data are sealed with, one for each user. To forget somebody is to destroy their key, so no way of
 * bringing back an earlier state of this table may exist: no point-in-time recovery, no stream, and no backup plan either.
 */
export class PersonalKeys extends Construct {
  readonly tableName: string;
  readonly #table: KeyedTable;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    this.#table = new KeyedTable(this, 'Keys', {
      stage: props.stage,
      partitionKey: 'owner',
      timeToLive: 'expiresAt',
      neverRestored: 'A restored table would revive the keys of people who have been forgotten.',
    });
    this.tableName = this.#table.table.tableName;
  }

  /** To seal: look for a key, make one, and put what says that it was destroyed in its place. */
  grantSeal(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'GetItem', 'PutItem');
  }

  /** To read what is sealed. */
  grantOpen(grantee: IGrantable): Grant {
    return this.#table.grant(grantee, 'GetItem');
  }
}

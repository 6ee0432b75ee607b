import type { ParameterValue } from '../template/parameters';
import type { KnownReferences } from './known-references';

export type StackOutput = {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
};

export type Tag = { readonly Key: string; readonly Value: string };

/** What a deployment brings about: the template and what goes with it. */
export type Target = {
  readonly templateBody: string;
  readonly parameters: readonly ParameterValue[];
  /** Values of plain parameters of the store that the template refers to by dynamic references. */
  readonly references?: KnownReferences;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  /** The role that resources are made with; without it, the caller's own rights. */
  readonly roleArn?: string;
};

export type Stack = Target & {
  /** The ARN. */
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly description?: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly outputs: readonly StackOutput[];
  /** Names of the exports that the stack imports. */
  readonly imports: readonly string[];
  readonly terminationProtection: boolean;
  readonly disableRollback: boolean;
  /** Of a nested stack: the stack that it is a resource of, and the outermost one. */
  readonly parentId?: string;
  readonly rootId?: string;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly deletedAt?: number;
  readonly changeSetId?: string;
  /** What its creation may take. */
  readonly timeoutInMinutes?: number;
  /** What a failed update goes back to; only while the stack is on its way, or has failed on it. */
  readonly lastGood?: LastGood;
};

export type LastGood = Omit<Target, 'roleArn'> & Pick<Stack, 'description'>;

export type StackResource = {
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  /** Tells a resource from the one that it has replaced, even if both have the same physical id. */
  readonly incarnation?: string;
  readonly status: string;
  readonly statusReason?: string;
  /** As they were applied. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Its attributes are secrets. */
  readonly noEcho?: true;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly metadata?: unknown;
  readonly changedAt: number;
  /** What an update that failed, or is on its way, was to apply: any part of it may have been. */
  readonly attempted?: Readonly<Record<string, unknown>>;
};

/** Statuses in which a stack can be updated. */
export const UPDATABLE = [
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_FAILED',
  'IMPORT_COMPLETE',
];

export const inProgress = (status: string): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

/** Whether two records are of one and the same physical resource. */
export const sameResource = (a: StackResource, b: StackResource): boolean =>
  a.physicalId === b.physicalId && a.incarnation === b.incarnation;

import { Records } from '../../core/records';
import type { Store } from '../../core/store';
import type { Place } from './log-groups';

export type ResourcePolicy = Place & {
  readonly name: string;
  /** JSON, as it was put. */
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly lastUpdatedTime: number;
};

type Statement = { readonly Condition?: Readonly<Record<string, object>> };

/** The resource policies of accounts: which services may write to their log groups. */
export class ResourcePolicies {
  readonly #records: Records<ResourcePolicy>;
  /** By place, all its policies as one: the same object until one of them changes. */
  readonly #together = new Map<string, object | undefined>();

  constructor(store: Store) {
    this.#records = new Records(store.space('logs-policies'));
  }

  find(place: Place, name: string): ResourcePolicy | undefined {
    return this.#records.get(placeKey(place) + name);
  }

  /** By name. */
  list(place: Place): ResourcePolicy[] {
    const prefix = placeKey(place);
    return this.#records
      .entries()
      .filter(([key]) => key.startsWith(prefix))
      .map(([, policy]) => policy);
  }

  put(policy: ResourcePolicy): void {
    this.#records.set(placeKey(policy) + policy.name, policy);
    this.#together.clear();
  }

  delete({ name, ...place }: ResourcePolicy): void {
    this.#records.delete(placeKey(place) + name);
    this.#together.clear();
  }

  /** What all policies of a place say; undefined when there are none. */
  together(place: Place): object | undefined {
    const key = placeKey(place);
    if (!this.#together.has(key)) this.#together.set(key, merge(this.list(place)));
    return this.#together.get(key);
  }
}

const placeKey = ({ account, region }: Place): string => `${account}/${region}/`;

function merge(policies: readonly ResourcePolicy[]): object | undefined {
  if (policies.length === 0) return undefined;
  const statements = policies.flatMap(({ document }) => [JSON.parse(document).Statement].flat() as Statement[]);
  return { Version: '2012-10-17', Statement: statements.map(forServices) };
}

/** They count for services only: users and roles are judged by their own policies alone. */
function forServices(statement: Statement): Statement {
  const { Condition = {} } = statement;
  return {
    ...statement,
    Condition: { ...Condition, Bool: { ...Condition.Bool, 'aws:PrincipalIsAWSService': 'true' } },
  };
}

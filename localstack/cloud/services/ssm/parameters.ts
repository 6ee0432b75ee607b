import { AwsError } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { Call, CloudContext } from '../../core/service';
import type { Parameter, Selector, Version } from './parameter';

/** How parameters were kept before they had versions. */
type Unversioned = Omit<Version, 'labels' | 'tier'> & Pick<Parameter, 'name' | 'tags'>;

/** The parameters of all accounts and regions. */
export class Parameters {
  readonly #records: Records<Parameter>;

  constructor(context: CloudContext) {
    this.#records = new Records<Parameter>(context.store.space('ssm-parameter-versions'));
    const unversioned = new Records<Unversioned>(context.store.space('ssm-parameters'));
    for (const [key, { name, tags, ...version }] of unversioned.entries()) {
      this.#records.set(key, { name, tags, versions: [{ ...version, tier: 'Standard', labels: [] }] });
      unversioned.delete(key);
    }
  }

  find(name: string, call: Pick<Call, 'account' | 'region'>): Parameter | undefined {
    return this.#records.get(keyOf(name, call));
  }

  /** Throws `ParameterNotFound`. */
  get({ name, maybeSlash }: Selector, call: Call): Parameter {
    const parameter = this.find(name, call) ?? (maybeSlash ? this.find(`/${name}`, call) : undefined);
    if (!parameter) throw new AwsError('ParameterNotFound', '');
    return parameter;
  }

  /** By its ARN, in which a name without a path and the same with a slash look alike. */
  at(arn: string): Parameter | undefined {
    const [, , , region = '', account = ''] = arn.split(':');
    const name = arn.slice(arn.indexOf(':parameter/') + ':parameter'.length);
    return this.find(name, { account, region }) ?? this.find(name.slice(1), { account, region });
  }

  set(parameter: Parameter, call: Call): void {
    this.#records.set(keyOf(parameter.name, call), parameter);
  }

  delete(name: string, call: Call): boolean {
    return this.#records.delete(keyOf(name, call));
  }

  /** In the order of their names. */
  of(call: Call): Parameter[] {
    const scope = keyOf('', call);
    return this.#records
      .entries()
      .filter(([key]) => key.startsWith(scope))
      .map(([, parameter]) => parameter);
  }
}

const keyOf = (name: string, { account, region }: Pick<Call, 'account' | 'region'>) => `${account}/${region}/${name}`;

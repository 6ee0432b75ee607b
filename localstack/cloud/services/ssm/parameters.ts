import { AwsError } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { Call, CloudContext } from '../../core/service';
import type { Parameter, Selector } from './parameter';

/** The parameters of all accounts and regions. */
export class Parameters {
  readonly #records: Records<Parameter>;

  constructor(context: CloudContext) {
    this.#records = new Records<Parameter>(context.store.space('ssm-parameter-versions'));
  }

  find(name: string, call: Call): Parameter | undefined {
    return this.#records.get(keyOf(name, call));
  }

  /** Throws `ParameterNotFound`. */
  get({ name, maybeSlash }: Selector, call: Call): Parameter {
    const parameter = this.find(name, call) ?? (maybeSlash ? this.find(`/${name}`, call) : undefined);
    if (!parameter) throw new AwsError('ParameterNotFound', '');
    return parameter;
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

const keyOf = (name: string, { account, region }: Call) => `${account}/${region}/${name}`;

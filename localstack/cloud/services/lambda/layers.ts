import { AwsError, notImplemented } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import type { FunctionCode, FunctionLayer } from './function-record';

export type LayerVersion = {
  readonly version: number;
  readonly code: FunctionCode;
  readonly description: string;
  readonly runtimes?: readonly string[];
  readonly architectures?: readonly string[];
  readonly license?: string;
  /** ISO 8601 with `+0000`. */
  readonly createdAt: string;
};

export type Layer = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Without version. */
  readonly arn: string;
  /** The versions that are there, oldest first. */
  readonly versions: readonly LayerVersion[];
  /** The number that the next version gets; numbers are never used twice. */
  readonly nextVersion: number;
};

type Place = { readonly account: string; readonly region: string };

/** The most layers that a function may have. */
const MAX_LAYERS = 5;

/** All layers, by ARN. A layer whose versions are all deleted is remembered for the numbers that it has used. */
export class Layers {
  readonly #records: Records<Layer>;

  constructor(context: CloudContext) {
    this.#records = new Records(context.store.space('lambda-layers'));
  }

  /** `name`: the name or the ARN of a layer. A new one when there is none. */
  named(name: string, { account, region }: Place): Layer {
    const arn = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${account}:layer:${name}`;
    const known = this.#records.get(arn);
    return known ?? { name: arn.split(':')[6] ?? '', account, region, arn, versions: [], nextVersion: 1 };
  }

  list({ account, region }: Place): Layer[] {
    const own = this.#records.values().filter((layer) => layer.account === account && layer.region === region);
    return own.filter(({ versions }) => versions.length > 0);
  }

  set(layer: Layer): void {
    this.#records.set(layer.arn, layer);
  }

  codes(): FunctionCode[] {
    return this.#records.values().flatMap(({ versions }) => versions.map(({ code }) => code));
  }

  /** What a function keeps of its layers, later ones over earlier ones. Throws `InvalidParameterValueException`. */
  ofFunction(at: string, arns: unknown): FunctionLayer[] {
    const list = (arns ?? []) as string[];
    if (list.length > MAX_LAYERS) throw invalid(`Cannot reference more than ${MAX_LAYERS} layers.`);
    return list.map((arn) => {
      const [layerArn = '', version] = split(arn);
      const found = this.#records.get(layerArn)?.versions.find((known) => known.version === version);
      if (!found && /:(?!000000000000:)\d{12}:layer:/.test(arn))
        throw notImplemented(`${at}: the layer ${arn} of another account`);
      if (!found) throw invalid(`Layer version ${arn} does not exist.`);
      return { arn, code: found.code };
    });
  }
}

function split(arn: string): [layerArn: string, version: number] {
  const colon = String(arn).lastIndexOf(':');
  return [String(arn).slice(0, colon), Number(String(arn).slice(colon + 1))];
}

const invalid = (message: string) =>
  new AwsError('InvalidParameterValueException', message, { fields: { Type: 'User' } });

import { AwsError } from '../../core/aws-error';
import type { Call, CloudContext, Operation } from '../../core/service';
import { invalidParameter } from './api/errors';
import { rolePrincipal } from './execution/role-credentials';
import type { EnvironmentKey, FunctionConfig, FunctionRecord } from './function-record';

type Id = Pick<FunctionRecord, 'arn' | 'name' | 'account' | 'region'>;
type Settings = Pick<FunctionConfig, 'role' | 'environmentKey'>;

/** What Lambda may do in the name of a function's role, by the grant that it makes. */
const GRANTED = ['Decrypt', 'RetireGrant'];

/** KMS's errors as `Invoke` hands them on (502), and how it says them. */
const FROM_KMS: Readonly<Record<string, readonly [code: string, because: string]>> = {
  AccessDeniedException: ['KMSAccessDeniedException', 'KMS access was denied'],
  DisabledException: ['KMSDisabledException', 'the KMS key used is disabled'],
  KMSInvalidStateException: ['KMSInvalidStateException', 'the KMS key used is in an invalid state for Decrypt'],
  NotFoundException: ['KMSNotFoundException', 'the KMS key was not found'],
};

/**
 * The key of a function's environment variables. Nothing is encrypted; what is asked for is what AWS asks for: whoever gives
 * a function a key must be allowed to encrypt with it and to make grants of it, Lambda grants the function's role `Decrypt`,
 * and asks in the name of that role when it makes an environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
export class EnvironmentKeys {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /**
   * The key that a function is to have, granted to its role; `before`: what it has. `encrypts`: it gets other variables.
   * Throws `InvalidParameterValueException` and `AccessDeniedException`, and has then granted nothing.
   */
  keyFor(id: Id, wanted: string | undefined, settings: Settings, call: Call, encrypts: boolean, before?: Settings) {
    const key = wanted ?? before?.environmentKey?.arn;
    if (!key) return undefined;
    const touched = wanted !== undefined || encrypts;
    const granted = settings.role === before?.role ? before.environmentKey : undefined;
    if (granted && !touched) return granted;
    const kms = this.#context.registry.peer('kms');
    const user = { ...call, via: 'lambda' };
    const encryptionContext = contextOf(id);
    try {
      const arn = kms.use(key, touched ? ['Encrypt'] : [], user, encryptionContext);
      if (granted?.arn === arn) return granted;
      const grant = kms.grant(arn, { grantee: settings.role, operations: GRANTED, encryptionContext }, user);
      return { arn, grant };
    } catch (error) {
      throw notConfigured(error);
    }
  }

  /** Throws Lambda's own error unless the role of a function may decrypt its variables. */
  decrypt(record: FunctionRecord, { environmentKey, environment, role }: FunctionConfig): void {
    if (!environmentKey || !environment) return;
    try {
      this.#decrypt(environmentKey, record, { ...record, principal: rolePrincipal(role, record.name) });
    } catch (error) {
      const known = error instanceof AwsError ? FROM_KMS[error.code] : undefined;
      if (!known) throw error;
      const [code, because] = known;
      const message = `Lambda was unable to decrypt the environment variables because ${because}. Please check the function's KMS key settings. ${detail(error as AwsError)}`;
      throw new AwsError(code, message, { status: 502, fields: { Type: 'Service' } });
    }
  }

  /** Takes back the grants that no version of a function needs any more. */
  retire(after: FunctionRecord | undefined, before: FunctionRecord | undefined): void {
    const kept = new Set(grantsOf(after));
    for (const grant of grantsOf(before)) {
      if (!kept.has(grant)) this.#context.registry.peer('kms').retire(grant);
    }
  }

  /** `operations` whose answers have an error in the place of variables that the caller may not decrypt. */
  guard(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
    return Object.fromEntries(
      Object.entries(operations).map(([name, run]): [string, Operation] => [
        name,
        (input, call) => {
          const answer = run(input, call);
          return answer instanceof Promise ? answer.then((one) => this.#shown(one, call)) : this.#shown(answer, call);
        },
      ]),
    );
  }

  #shown<T>(answer: T, call: Call): T {
    const { Configuration, Functions, Versions } = (answer ?? {}) as Record<string, unknown>;
    for (const view of [answer, Configuration, Functions, Versions].flat() as (View | undefined)[]) {
      if (view?.KMSKeyArn && view.Environment) this.#hide(view, call);
    }
    return answer;
  }

  #hide(view: View, { principal, account, region }: Call): void {
    const arn = view.FunctionArn.split(':').slice(0, 7).join(':');
    try {
      this.#decrypt({ arn: String(view.KMSKeyArn) }, { arn }, { principal, account, region });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const Message = `Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS permissions. ${detail(error)}`;
      view.Environment = { Error: { ErrorCode: error.code, Message } };
    }
  }

  #decrypt(
    key: Pick<EnvironmentKey, 'arn'>,
    id: Pick<Id, 'arn'>,
    { principal, account, region }: Pick<Call, 'principal' | 'account' | 'region'>,
  ): void {
    const user = { principal, account, region, via: 'lambda' };
    this.#context.registry.peer('kms').use(key.arn, ['Decrypt'], user, contextOf(id));
  }
}

/** A function's configuration as the API shows it. */
type View = { readonly FunctionArn: string; readonly KMSKeyArn?: string; Environment?: object };

const contextOf = ({ arn }: Pick<Id, 'arn'>) => ({ 'aws:lambda:FunctionArn': arn });

const grantsOf = (record: FunctionRecord | undefined): string[] =>
  record ? [record.latest, ...record.versions].flatMap(({ environmentKey }) => environmentKey?.grant ?? []) : [];

const detail = ({ code, message }: AwsError): string => `KMS Exception: ${code} KMS Message: ${message}`;

function notConfigured(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const unable = 'Lambda was unable to configure access to your environment variables because';
  if (error.code === 'AccessDeniedException') {
    const message = `${unable} the KMS access was denied. Please check your KMS permissions. ${detail(error)}`;
    return new AwsError('AccessDeniedException', message, { status: 403 });
  }
  return invalidParameter(
    `${unable} the KMS key is invalid for CreateGrant. Please check your KMS key settings. ${detail(error)}`,
  );
}

import { AwsError } from '../../../core/aws-error';
import type { DynamicReference, LookUp } from '../template/dynamic-references';
import { validationError } from '../template/errors';

/** Calls an operation of another service with the rights of the deployment. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
export type CallService = (service: string, operation: string, input: object) => Promise<any>;

/** Looks dynamic references up. Errors become the reason for which the resource fails. */
export const referenceValues =
  (call: CallService): LookUp =>
  (reference) =>
    reference.service === 'secretsmanager' ? secret(reference, call) : parameter(reference, call);

async function parameter(
  { service, name, version }: Extract<DynamicReference, { name: string }>,
  call: CallService,
): Promise<string> {
  const selector = version === undefined ? name : `${name}:${version}`;
  const secure = service === 'ssm-secure';
  try {
    const { Parameter } = await call('ssm', 'GetParameter', {
      Name: selector,
      ...(secure && { WithDecryption: true }),
    });
    if (!secure && Parameter.Type === 'SecureString') {
      throw validationError(`Non-secure ssm prefix was used for secure parameter ${name}`);
    }
    return String(Parameter.Value);
  } catch (error) {
    if (!(error instanceof AwsError) || !/^Parameter(Version)?NotFound$/.test(error.code)) throw error;
    throw validationError(`Unable to fetch parameters [${selector}] from parameter store for this account.`);
  }
}

async function secret(
  { secretId, jsonKey, versionStage, versionId }: Extract<DynamicReference, { secretId: string }>,
  call: CallService,
): Promise<string> {
  const { SecretString: text } = await call('secretsmanager', 'GetSecretValue', {
    SecretId: secretId,
    ...(versionStage && { VersionStage: versionStage }),
    ...(versionId && { VersionId: versionId }),
  });
  if (text === undefined) throw validationError(`Secret ${secretId} has no SecretString`);
  if (jsonKey === undefined) return String(text);
  const value = membersOf(String(text))[jsonKey];
  if (value === undefined) throw validationError('Could not find a value associated with JSONKey in SecretString');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, without the text.
  }
  throw validationError('Could not parse SecretString JSON');
}

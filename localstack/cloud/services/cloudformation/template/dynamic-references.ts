import { validationError } from './errors';

/**
 * A value that is kept elsewhere and looked up when a resource is made: `{{resolve:ssm:name[:version]}}`,
 * `{{resolve:ssm-secure:…}}` or `{{resolve:secretsmanager:id:SecretString:json-key:version-stage:version-id}}`.
 */
export type DynamicReference =
  | { readonly service: 'ssm' | 'ssm-secure'; readonly text: string; readonly name: string; readonly version?: string }
  | {
      readonly service: 'secretsmanager';
      readonly text: string;
      readonly secretId: string;
      readonly jsonKey?: string;
      readonly versionStage?: string;
      readonly versionId?: string;
    };

export type ReferenceService = DynamicReference['service'];

const REFERENCE = /\{\{resolve:[^{}]*\}\}/g;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html */
const SECURE_PROPERTIES = [
  'AWS::DirectoryService::MicrosoftAD/Properties/Password',
  'AWS::DirectoryService::SimpleAD/Properties/Password',
  'AWS::ElastiCache::ReplicationGroup/Properties/AuthToken',
  'AWS::IAM::User/Properties/LoginProfile/Password',
  'AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password',
  'AWS::OpsWorks::App/Properties/AppSource/Password',
  'AWS::OpsWorks::Stack/Properties/CustomCookbooksSource/Password',
  'AWS::OpsWorks::Stack/Properties/RdsDbInstances/DbPassword',
  'AWS::RDS::DBCluster/Properties/MasterUserPassword',
  'AWS::RDS::DBInstance/Properties/MasterUserPassword',
  'AWS::Redshift::Cluster/Properties/MasterUserPassword',
];

/** Whether there is any in a structure. */
export const mentionsReferences = (value: unknown): boolean =>
  value !== undefined && JSON.stringify(value).includes('{{resolve:');

/** The references in a text. Throws `ValidationError` for one that is malformed. */
export const referencesInText = (text: string): DynamicReference[] => (text.match(REFERENCE) ?? []).map(parse);

function parse(text: string): DynamicReference {
  const [service = '', ...parts] = text.slice('{{resolve:'.length, -2).split(':');
  switch (service) {
    case 'ssm':
    case 'ssm-secure': {
      const [name = '', version] = parts;
      if (parts.length > 2 || !/^[\w./-]+$/.test(name) || (version !== undefined && !/^\d+$/.test(version))) {
        throw validationError(`Incorrect format is used in the following SSM reference: [${text}]`);
      }
      return { service, text, name, ...(version !== undefined && { version }) };
    }
    case 'secretsmanager': {
      // The id may be an ARN, which has seven parts itself.
      const length = parts[0] === 'arn' ? 7 : 1;
      const secretId = parts.slice(0, length).join(':');
      const [kind = 'SecretString', jsonKey, versionStage, versionId] = parts.slice(length);
      const wrong = secretId === '' || parts.length > length + 4 || (kind !== '' && kind !== 'SecretString');
      if (wrong || (versionStage && versionId)) {
        throw validationError(`Incorrect format is used in the following Secrets Manager reference: [${text}]`);
      }
      return {
        service,
        text,
        secretId,
        ...(jsonKey && { jsonKey }),
        ...(versionStage && { versionStage }),
        ...(versionId && { versionId }),
      };
    }
    default:
      throw validationError(`Dynamic reference to an unknown service: [${text}]`);
  }
}

/** Looks a value up, with the rights of the deployment. */
export type LookUp = (reference: DynamicReference) => Promise<string>;

/** Looks up the values of the references in `value`, to all services or some, by their text. */
export async function lookedUp(
  value: unknown,
  lookUp: LookUp,
  services?: readonly ReferenceService[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = async (node: unknown): Promise<void> => {
    if (typeof node === 'string') {
      if (!node.includes('{{resolve:')) return;
      for (const reference of referencesInText(node)) {
        if (services && !services.includes(reference.service)) continue;
        found[reference.text] ??= await lookUp(reference);
      }
    } else if (typeof node === 'object' && node !== null) {
      for (const child of Object.values(node)) await visit(child);
    }
  };
  await visit(value);
  return found;
}

/** `value` with the references among `known` replaced by their values. */
export function replaceReferences(value: unknown, known: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    if (!value.includes('{{resolve:')) return value;
    return value.replace(REFERENCE, (text) => (Object.hasOwn(known, text) ? known[text]! : text));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, known));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaceReferences(child, known)]));
}

/** Refuses malformed references, and secure ones in properties that may not have them. */
export function checkReferences(type: string, properties: unknown): void {
  const refused = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{resolve:')) return;
      const secure = referencesInText(value).some(({ service }) => service === 'ssm-secure');
      if (secure && !SECURE_PROPERTIES.includes(path)) refused.add(path);
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) visit(child, `${path}/${key}`);
    }
  };
  visit(properties, `${type}/Properties`);
  if (refused.size > 0) throw validationError(`SSM Secure reference is not supported in: [${[...refused].join(',')}]`);
}

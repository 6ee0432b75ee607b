import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import { alreadyExists, invalidParameter, invalidRequest, validation } from './errors';
import { filterIn } from './filters';
import { randomPassword } from './password';
import type { Protection } from './protection';
import { constraint, pageOf, type Request, read, tagsIn, textIn, tokenIn, valueIn } from './request';
import { CURRENT, type SecretRecord, stagesOf } from './secret-record';
import type { Secrets } from './secrets';
import { putVersion } from './versions';

const DAY = 86_400_000;
const MAX_TAGS = 50;
const SORTS: Readonly<Record<string, (secret: SecretRecord) => string | number>> = {
  'created-date': ({ createdAt }) => createdAt,
  'last-accessed-date': ({ accessedAt = 0 }) => accessedAt,
  'last-changed-date': ({ changedAt }) => changedAt,
  name: ({ name }) => name,
};

/** Secrets themselves: making, describing, deleting, tags. */
export function secretOperations(secrets: Secrets, protection: Protection, clock: Clock): Record<string, Operation> {
  return {
    CreateSecret: (input, call) => {
      const request = read('CreateSecret', input, [
        'Name',
        'ClientRequestToken',
        'Description',
        'KmsKeyId',
        'SecretBinary',
        'SecretString',
        'Tags',
      ]);
      const name = nameIn(request.Name);
      const value = valueIn(request);
      const before = secrets.find(name, call);
      if (before?.deleteAt !== undefined) {
        throw invalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      if (before) {
        const made = value && before.versions.find(({ id }) => id === request.ClientRequestToken);
        // The same request once more, as an SDK repeats it.
        if (made) return { ...named(putVersion(before, made.id, value, [CURRENT], clock.now())), VersionId: made.id };
        throw alreadyExists(`The operation failed because the secret ${name} already exists.`);
      }
      const now = clock.now();
      const secret: SecretRecord = {
        account: call.account,
        region: call.region,
        name,
        arn: secrets.newArn(call, name),
        tags: fewTags(tagsIn(request.Tags)),
        createdAt: now,
        changedAt: now,
        versions: [],
        ...settingsIn(request),
      };
      if (!value) {
        secrets.set(secret);
        return named(secret);
      }
      const token = tokenIn(request);
      protection.toWrite(secret, token, call);
      secrets.set(putVersion(secret, token, value, [CURRENT], now));
      return { ...named(secret), VersionId: token };
    },

    UpdateSecret: (input, call) => {
      const request = read('UpdateSecret', input, [
        'SecretId',
        'ClientRequestToken',
        'Description',
        'KmsKeyId',
        'SecretBinary',
        'SecretString',
      ]);
      const value = valueIn(request);
      const { kmsKeyId: key, ...before } = secrets.usable(request.SecretId, call);
      const secret: SecretRecord = {
        ...before,
        ...(key !== undefined && request.KmsKeyId === undefined && { kmsKeyId: key }),
        ...settingsIn(request),
        changedAt: clock.now(),
      };
      if (!value) {
        secrets.set(rekeyed(secret, request, protection, call));
        return named(secret);
      }
      const token = tokenIn(request);
      protection.toWrite(secret, token, call);
      secrets.set(putVersion(secret, token, value, [CURRENT], clock.now()));
      return { ...named(secret), VersionId: token };
    },

    DescribeSecret: (input, call) => {
      const secret = secrets.get(read('DescribeSecret', input, ['SecretId']).SecretId, call);
      const stages = stagesOf(secret);
      return { ...shown(secret), ...(secret.versions.length > 0 && { VersionIdsToStages: stages }) };
    },

    ListSecrets: (input, call) => {
      const request = read('ListSecrets', input, [
        'IncludePlannedDeletion',
        'MaxResults',
        'NextToken',
        'Filters',
        'SortOrder',
        'SortBy',
      ]);
      const passes = filterIn(request);
      const found = secrets
        .list(call)
        .filter((secret) => request.IncludePlannedDeletion === true || secret.deleteAt === undefined)
        .filter(passes);
      const { page, next } = pageOf(sorted(found, request), request, 100);
      return {
        SecretList: page.map((secret) => ({
          ...shown(secret),
          ...(secret.versions.length > 0 && { SecretVersionsToStages: stagesOf(secret) }),
        })),
        ...next,
      };
    },

    DeleteSecret: (input, call) => {
      const request = read('DeleteSecret', input, ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery']);
      const { RecoveryWindowInDays: days } = request;
      const force = request.ForceDeleteWithoutRecovery === true;
      if (force && days !== undefined) {
        throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
      }
      if (days !== undefined && !(Number(days) >= 7 && Number(days) <= 30)) {
        throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
      }
      const now = clock.now();
      if (force) {
        const secret = secrets.find(request.SecretId, call);
        if (secret) secrets.delete(secret);
        const name = String(request.SecretId);
        // What is not there is deleted: so says AWS, of a forced deletion only.
        const gone = secret ?? { arn: secrets.newArn(call, name), name };
        return { ...named(gone), DeletionDate: now / 1000 };
      }
      const secret = secrets.usable(request.SecretId, call);
      const deleteAt = now + Number(days ?? 30) * DAY;
      secrets.set({ ...secret, deleteAt });
      return { ...named(secret), DeletionDate: deleteAt / 1000 };
    },

    RestoreSecret: (input, call) => {
      const { deleteAt: _never, ...secret } = secrets.get(read('RestoreSecret', input, ['SecretId']).SecretId, call);
      secrets.set(secret);
      return named(secret);
    },

    TagResource: (input, call) => {
      const request = read('TagResource', input, ['SecretId', 'Tags']);
      const secret = secrets.usable(request.SecretId, call);
      secrets.set({ ...secret, tags: fewTags({ ...secret.tags, ...tagsIn(request.Tags) }) });
    },

    UntagResource: (input, call) => {
      const request = read('UntagResource', input, ['SecretId', 'TagKeys']);
      const secret = secrets.usable(request.SecretId, call);
      const gone = [request.TagKeys ?? []].flat().map(String);
      const tags = Object.fromEntries(Object.entries(secret.tags).filter(([key]) => !gone.includes(key)));
      secrets.set({ ...secret, tags });
    },

    GetRandomPassword: (input) => ({
      RandomPassword: randomPassword(
        read('GetRandomPassword', input, [
          'PasswordLength',
          'ExcludeCharacters',
          'ExcludeNumbers',
          'ExcludePunctuation',
          'ExcludeUppercase',
          'ExcludeLowercase',
          'IncludeSpace',
          'RequireEachIncludedType',
        ]),
      ),
    }),
  };
}

const named = ({ arn, name }: Pick<SecretRecord, 'arn' | 'name'>) => ({ ARN: arn, Name: name });

/** What DescribeSecret and ListSecrets both show. */
const shown = (secret: SecretRecord): object => ({
  ...named(secret),
  ...(secret.description && { Description: secret.description }),
  ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
  CreatedDate: secret.createdAt / 1000,
  LastChangedDate: secret.changedAt / 1000,
  ...(secret.accessedAt !== undefined && { LastAccessedDate: secret.accessedAt / 1000 }),
  ...(secret.deleteAt !== undefined && { DeletedDate: secret.deleteAt / 1000 }),
  ...(Object.keys(secret.tags).length > 0 && {
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  }),
});

function nameIn(given: unknown): string {
  const name = String(given ?? '');
  if (name.length < 1) throw constraint('', 'name', 'have length greater than or equal to 1');
  if (name.length > 512) throw constraint(`'${name}' `, 'name', 'have length less than or equal to 512');
  if (!/^[\w/+=.@-]+$/.test(name)) {
    throw validation(
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  return name;
}

function settingsIn(request: Request): Pick<SecretRecord, 'description' | 'kmsKeyId'> {
  const description = textIn(request.Description, 'description', 2_048);
  const kmsKeyId = textIn(request.KmsKeyId, 'kmsKeyId', 2_048);
  // The empty text stands for AWS's own key.
  return { ...(description !== undefined && { description }), ...(kmsKeyId && { kmsKeyId }) };
}

/** A changed key without a new value: the versions with labels are encrypted with it, as AWS does it. */
function rekeyed(
  secret: SecretRecord,
  { KmsKeyId }: Request,
  protection: Protection,
  call: Parameters<Operation>[1],
): SecretRecord {
  if (KmsKeyId === undefined) return secret;
  const versions = secret.versions.map((version) => {
    if (version.stages.length === 0) return version;
    protection.toRead(secret, version, call);
    protection.toWrite(secret, version.id, call);
    const { kmsKeyId: _old, ...rest } = version;
    return { ...rest, ...(secret.kmsKeyId !== undefined && { kmsKeyId: secret.kmsKeyId }) };
  });
  return { ...secret, versions };
}

function fewTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length > MAX_TAGS) throw invalidParameter(`A secret can have at most ${MAX_TAGS} tags.`);
  return tags;
}

function sorted(found: readonly SecretRecord[], { SortBy, SortOrder }: Request): SecretRecord[] {
  const keyOf = SORTS[String(SortBy ?? 'created-date')];
  if (!keyOf) {
    const known = Object.keys(SORTS).join(', ');
    throw constraint(`'${String(SortBy)}' `, 'sortBy', `satisfy enum value set: [${known}]`);
  }
  const sign = SortOrder === 'desc' ? -1 : 1;
  return [...found].sort((a, b) => (keyOf(a) < keyOf(b) ? -sign : keyOf(a) > keyOf(b) ? sign : 0));
}

import { refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { Operation } from '../../../core/service';
import { codeSha256 } from '../code-store';
import type { Alias, FunctionConfig, FunctionRecord } from '../function-record';
import { configOf, type Functions, notFound } from '../functions';
import { weightsOf } from './alias-weights';
import { constraint, invalidParameter, resourceConflict, resourceNotFound } from './errors';
import { viewOf } from './function-view';
import { page } from './page';
import { checkRevision } from './revision';

/** Published versions, and aliases for them. */
export function versionOperations(functions: Functions): Record<string, Operation> {
  const viewAlias = (record: FunctionRecord, alias: Alias) => ({
    AliasArn: `${record.arn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    ...(alias.weights ? { RoutingConfig: { AdditionalVersionWeights: alias.weights } } : {}),
    RevisionId: alias.revisionId,
  });
  const aliasOf = (record: FunctionRecord, name: string): Alias => {
    const alias = record.aliases[name];
    if (!alias) throw resourceNotFound(`Cannot find alias arn: ${record.arn}:${name}`);
    return alias;
  };
  const checkTarget = (record: FunctionRecord, version: string): void => {
    if (version !== '$LATEST' && !/^\d+$/.test(version)) {
      throw constraint(
        version,
        'functionVersion',
        'Member must satisfy regular expression pattern: (\\$LATEST|[0-9]+)',
      );
    }
    if (!configOf(record, version)) throw notFound(`${record.arn}:${version}`);
  };

  return {
    PublishVersion: (input, call) => {
      refuseUnknown('PublishVersion', input, ['FunctionName', 'CodeSha256', 'Description', 'RevisionId']);
      const { record } = functions.resolve(input.FunctionName, call);
      checkRevision(record.latest, input.RevisionId);
      if (input.CodeSha256 && input.CodeSha256 !== codeSha256(record.latest.code)) {
        throw invalidParameter(
          `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${codeSha256(record.latest.code)}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      const published = publish(functions, record, input.Description, uuid());
      return viewOf(published.record, published.config, true);
    },
    ListVersionsByFunction: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      const { items, marker } = page([record.latest, ...record.versions], input, 50);
      return { Versions: items.map((config) => viewOf(record, config, true)), ...marker };
    },
    CreateAlias: (input, call) => {
      refuseUnknown('CreateAlias', input, ['FunctionName', 'Name', 'FunctionVersion', 'Description', 'RoutingConfig']);
      const { record } = functions.resolve(input.FunctionName, call);
      if (!/^(?!\d+$)[\w-]{1,128}$/.test(input.Name ?? '')) {
        throw constraint(
          input.Name,
          'name',
          'Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)',
        );
      }
      if (record.aliases[input.Name]) throw resourceConflict(`Alias already exists: ${record.arn}:${input.Name}`);
      checkTarget(record, input.FunctionVersion);
      const alias: Alias = {
        name: input.Name,
        version: input.FunctionVersion,
        ...weightsOf('CreateAlias', record, input.FunctionVersion, input.RoutingConfig),
        description: input.Description ?? '',
        revisionId: uuid(),
      };
      functions.set({ ...record, aliases: { ...record.aliases, [alias.name]: alias } });
      return viewAlias(record, alias);
    },
    UpdateAlias: (input, call) => {
      refuseUnknown('UpdateAlias', input, [
        'FunctionName',
        'Name',
        'FunctionVersion',
        'Description',
        'RoutingConfig',
        'RevisionId',
      ]);
      const { record } = functions.resolve(input.FunctionName, call);
      const before = aliasOf(record, input.Name);
      checkRevision(before, input.RevisionId);
      if (input.FunctionVersion) checkTarget(record, input.FunctionVersion);
      const { weights, ...kept } = before;
      const version = input.FunctionVersion ?? before.version;
      const alias: Alias = {
        ...kept,
        version,
        ...weightsOf('UpdateAlias', record, version, input.RoutingConfig, weights),
        description: input.Description ?? before.description,
        revisionId: uuid(),
      };
      functions.set({ ...record, aliases: { ...record.aliases, [alias.name]: alias } });
      return viewAlias(record, alias);
    },
    GetAlias: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      return viewAlias(record, aliasOf(record, input.Name));
    },
    ListAliases: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      const wanted = Object.values(record.aliases).filter(
        ({ version, weights = {} }) =>
          input.FunctionVersion === undefined ||
          version === input.FunctionVersion ||
          Object.hasOwn(weights, input.FunctionVersion),
      );
      const { items, marker } = page(wanted, input, 50);
      return { Aliases: items.map((alias) => viewAlias(record, alias)), ...marker };
    },
    DeleteAlias: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      const { [input.Name as string]: _, ...aliases } = record.aliases;
      functions.set({ ...record, aliases });
    },
  };
}

/** Makes a version of what `$LATEST` is. When nothing has changed since the last version, that one is the answer. */
export function publish(
  functions: Functions,
  record: FunctionRecord,
  description: string | undefined,
  revisionId: string,
): { record: FunctionRecord; config: FunctionConfig } {
  const last = record.versions[record.versions.length - 1];
  if (last && sameContent(last, record.latest)) return { record, config: last };
  const config: FunctionConfig = {
    ...record.latest,
    version: String(record.nextVersion),
    description: description ?? record.latest.description,
    ...(description !== undefined && { latestDescription: record.latest.description }),
    revisionId,
  };
  const updated = { ...record, versions: [...record.versions, config], nextVersion: record.nextVersion + 1 };
  functions.set(updated);
  return { record: updated, config };
}

/** Whether nothing has changed since: a description of the version's own does not count, that of the function does. */
function sameContent(published: FunctionConfig, latest: FunctionConfig): boolean {
  const content = ({ version, revisionId, lastModified, latestDescription: _, ...rest }: FunctionConfig) =>
    JSON.stringify(rest);
  const { latestDescription: description = published.description } = published;
  return content({ ...published, description }) === content(latest);
}

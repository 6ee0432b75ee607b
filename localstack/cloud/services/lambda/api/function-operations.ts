import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { Call, CloudContext, Operation } from '../../../core/service';
import type { CodeStore } from '../code-store';
import type { EnvironmentKeys } from '../environment-keys';
import { functionArn, parseFunctionName } from '../function-name';
import type { FunctionCode, FunctionConfig, FunctionRecord } from '../function-record';
import { type Functions, notFound } from '../functions';
import type { Layers } from '../layers';
import { constraint, invalidParameter, resourceConflict } from './errors';
import { SETTINGS, settingsOf } from './function-settings';
import { viewOf } from './function-view';
import { page } from './page';
import { checkRevision } from './revision';
import { checkRole } from './role';
import { publish } from './version-operations';

const CODE = ['ZipFile', 'S3Bucket', 'S3Key'];
const ARCHITECTURES = ['x86_64', 'arm64'];

type Parts = {
  readonly context: CloudContext;
  readonly functions: Functions;
  readonly code: CodeStore;
  readonly layers: Layers;
  readonly keys: EnvironmentKeys;
};

/** Functions: create, update, get, list, delete. */
export function functionOperations({ context, functions, code, layers, keys }: Parts): Record<string, Operation> {
  const now = () => lambdaTime(context.clock.now());
  const layersOf = (at: string, input: { Layers?: unknown }): Pick<FunctionConfig, 'layers'> => {
    const found = layers.ofFunction(at, input.Layers);
    return found.length > 0 ? { layers: found } : {};
  };

  return {
    CreateFunction: async (input, call) => {
      refuseUnknown('CreateFunction', input, [
        'FunctionName',
        'Code',
        'Publish',
        'PackageType',
        'Tags',
        'Architectures',
        ...SETTINGS,
      ]);
      if (input.PackageType === 'Image' || input.Code?.ImageUri) {
        throw notImplemented('CreateFunction: container images (PackageType Image)');
      }
      refuseUnknown('CreateFunction: Code', input.Code ?? {}, CODE);
      for (const member of ['Runtime', 'Handler'] as const) {
        if (!input[member])
          throw invalidParameter(
            'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
          );
      }
      const ref = parseFunctionName(input.FunctionName, call);
      const arn = functionArn(ref);
      const settings = settingsOf('CreateFunction', input, {
        runtime: input.Runtime,
        handler: input.Handler,
        role: input.Role,
        description: '',
        timeout: 3,
        memorySize: 128,
        environment: undefined,
        ephemeralStorage: 512,
        logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${ref.name}` },
      });
      const architectures = architecturesOf(input.Architectures);
      await checkRole(context, settings, ref.name, call);
      if (functions.byArn(arn)) throw resourceConflict(`Function already exist: ${ref.name}`);
      const made = {
        ...settings,
        ...layersOf('CreateFunction', input),
        version: '$LATEST',
        architectures,
        code: readCode(context, code, input.Code ?? {}),
        lastModified: now(),
        revisionId: uuid(),
      };
      const id = { name: ref.name, account: ref.account, region: ref.region, arn };
      const environmentKey = keys.keyFor(id, input.KMSKeyArn, made, call, true);
      const latest: FunctionConfig = { ...made, ...(environmentKey && { environmentKey }) };
      const record: FunctionRecord = {
        ...id,
        latest,
        versions: [],
        nextVersion: 1,
        aliases: {},
        tags: input.Tags ?? {},
        policies: {},
        eventInvoke: {},
        urls: {},
      };
      functions.set(record);
      if (!input.Publish) return viewOf(record, latest);
      const published = publish(functions, record, undefined, uuid());
      return viewOf(published.record, published.config, true);
    },

    UpdateFunctionCode: (input, call) => {
      refuseUnknown('UpdateFunctionCode', input, [
        'FunctionName',
        ...CODE,
        'Publish',
        'DryRun',
        'RevisionId',
        'Architectures',
      ]);
      const { record } = functions.resolve(input.FunctionName, call);
      checkRevision(record.latest, input.RevisionId);
      const latest: FunctionConfig = {
        ...record.latest,
        code: readCode(context, code, input),
        architectures: input.Architectures ? architecturesOf(input.Architectures) : record.latest.architectures,
        lastModified: now(),
        revisionId: uuid(),
      };
      if (input.DryRun) return viewOf(record, latest);
      const updated = { ...record, latest };
      functions.set(updated);
      if (!input.Publish) return viewOf(updated, latest);
      const published = publish(functions, updated, undefined, uuid());
      return viewOf(published.record, published.config, true);
    },

    UpdateFunctionConfiguration: async (input, call) => {
      refuseUnknown('UpdateFunctionConfiguration', input, ['FunctionName', 'RevisionId', ...SETTINGS]);
      const { record: asked } = functions.resolve(input.FunctionName, call);
      const wanted = settingsOf('UpdateFunctionConfiguration', input, asked.latest);
      await checkRole(context, wanted, asked.name, call, asked.latest);
      // Nothing has been read yet of what is changed now: from here on, no other call comes between.
      const { record } = functions.resolve(input.FunctionName, call);
      checkRevision(record.latest, input.RevisionId);
      const { deadLetterArn: _, tracing: __, layers: before, environmentKey: ___, ...kept } = record.latest;
      const settings = settingsOf('UpdateFunctionConfiguration', input, record.latest);
      const layered =
        input.Layers === undefined
          ? { ...(before && { layers: before }) }
          : layersOf('UpdateFunctionConfiguration', input);
      const encrypts = input.Environment !== undefined;
      const environmentKey = keys.keyFor(record, input.KMSKeyArn, settings, call, encrypts, record.latest);
      const latest: FunctionConfig = {
        ...kept,
        ...settings,
        ...layered,
        ...(environmentKey && { environmentKey }),
        lastModified: now(),
        revisionId: uuid(),
      };
      const updated = { ...record, latest };
      functions.set(updated);
      return viewOf(updated, latest);
    },

    GetFunction: (input, call) => {
      const { record, config } = functions.resolve(input.FunctionName, call, input.Qualifier);
      return {
        Configuration: viewOf(record, config, named(input, call)),
        Code: { RepositoryType: 'S3' },
        ...(Object.keys(record.tags).length > 0 ? { Tags: record.tags } : {}),
        ...(record.reservedConcurrency === undefined
          ? {}
          : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
      };
    },

    GetFunctionConfiguration: (input, call) => {
      const { record, config } = functions.resolve(input.FunctionName, call, input.Qualifier);
      return viewOf(record, config, named(input, call));
    },

    ListFunctions: (input, call) => {
      refuseUnknown('ListFunctions', input, ['FunctionVersion', 'Marker', 'MaxItems', 'MasterRegion']);
      const all = functions
        .list(call)
        .flatMap((record) =>
          input.FunctionVersion === 'ALL'
            ? [record.latest, ...record.versions].map((config) => viewOf(record, config, true))
            : [viewOf(record, record.latest)],
        );
      const { items, marker } = page(all, input, 50);
      return { Functions: items, ...marker };
    },

    DeleteFunction: (input, call) => {
      refuseUnknown('DeleteFunction', input, ['FunctionName', 'Qualifier']);
      const ref = parseFunctionName(input.FunctionName, call, input.Qualifier);
      const record = functions.byArn(functionArn(ref));
      if (!record) throw notFound(functionArn(ref));
      if (ref.qualifier === undefined) {
        functions.delete(record);
        return;
      }
      if (ref.qualifier === '$LATEST')
        throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
      if (
        Object.values(record.aliases).some(
          ({ version, weights = {} }) => version === ref.qualifier || Object.hasOwn(weights, ref.qualifier!),
        )
      ) {
        throw resourceConflict(`Version ${ref.qualifier} is in use by an alias.`);
      }
      functions.set({ ...record, versions: record.versions.filter(({ version }) => version !== ref.qualifier) });
    },

    GetAccountSettings: (_input, call) => {
      const all = functions.list(call);
      const reserved = all.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: 1000,
          UnreservedConcurrentExecutions: 1000 - reserved,
        },
        AccountUsage: {
          TotalCodeSize: all.reduce((sum, { latest }) => sum + latest.code.size, 0),
          FunctionCount: all.length,
        },
      };
    },
  };
}

/** `2026-01-31T12:00:00.000+0000` */
export const lambdaTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** Whether the caller named a version: only then is it part of the ARN in the answer. */
const named = (input: { FunctionName: string; Qualifier?: string }, call: Call): boolean =>
  parseFunctionName(input.FunctionName, call, input.Qualifier).qualifier !== undefined;

function architecturesOf(value: unknown): readonly string[] {
  if (value === undefined) return ['x86_64'];
  if (Array.isArray(value) && value.length === 1 && ARCHITECTURES.includes(value[0])) return value as string[];
  throw constraint(value, 'architectures', 'Member must satisfy enum value set: [x86_64, arm64]');
}

/** Unpacks code that comes with a request or lies in S3. */
export function readCode(
  context: CloudContext,
  store: CodeStore,
  input: { ZipFile?: string | Uint8Array; S3Bucket?: string; S3Key?: string },
): FunctionCode {
  if (input.ZipFile !== undefined) {
    const zip = typeof input.ZipFile === 'string' ? Buffer.from(input.ZipFile, 'base64') : Buffer.from(input.ZipFile);
    return store.put(zip);
  }
  if (!input.S3Bucket || !input.S3Key) throw invalidParameter('Please provide a source for function code.');
  try {
    return store.put(context.registry.peer('s3').read(input.S3Bucket, input.S3Key));
  } catch (error) {
    if (!(error instanceof AwsError) || !/^NoSuch/.test(error.code)) throw error;
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A stack of a cloud assembly, with what has to be published before it can be deployed. */
export type AssemblyStack = {
  readonly name: string;
  readonly templateFile: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly terminationProtection: boolean;
  readonly assets: readonly FileAsset[];
  /** The template as an asset, for one that is too large to be handed over directly. */
  readonly templateAsset?: FileAsset;
};

export type FileAsset = {
  /** A file or directory of the assembly. */
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
};

type Artifact = {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly file?: string;
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly terminationProtection?: boolean;
    readonly directoryName?: string;
  };
};

type AssetManifest = {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly packaging?: string; readonly executable?: unknown };
        readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
};

/** Where the assembly is deployed: its names have `${AWS::AccountId}` and the like where it is not pinned. */
export type Place = { readonly account: string; readonly region: string };

/** The stacks of the assembly in `dir`, each behind those that it depends on. */
export function readAssembly(dir: string, place: Place): AssemblyStack[] {
  const { artifacts } = readJson(join(dir, 'manifest.json')) as { artifacts: Record<string, Artifact> };
  const stacks: AssemblyStack[] = [];
  const done = new Set<string>();
  const visit = (id: string) => {
    const artifact = artifacts[id];
    if (!artifact || done.has(id)) return;
    done.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    if (artifact.type === 'cdk:cloud-assembly') {
      stacks.push(...readAssembly(join(dir, artifact.properties?.directoryName ?? ''), place));
    }
    if (artifact.type === 'aws:cloudformation:stack') stacks.push(readStack(dir, id, artifact, artifacts, place));
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

function readStack(
  dir: string,
  id: string,
  { properties = {}, dependencies = [] }: Artifact,
  artifacts: Readonly<Record<string, Artifact>>,
  place: Place,
): AssemblyStack {
  const manifests = dependencies
    .map((dependency) => artifacts[dependency])
    .filter((artifact) => artifact?.type === 'cdk:asset-manifest');
  const templateFile = join(dir, properties.templateFile ?? '');
  const assets = manifests.flatMap((manifest) => readAssets(dir, manifest?.properties?.file ?? '', place));
  const templateAsset = assets.find(({ path }) => path === templateFile);
  return {
    name: properties.stackName ?? id,
    templateFile,
    tags: Object.entries(properties.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    terminationProtection: properties.terminationProtection ?? false,
    assets: assets.filter((asset) => asset !== templateAsset),
    ...(templateAsset && { templateAsset }),
  };
}

function readAssets(dir: string, file: string, place: Place): FileAsset[] {
  const { files = {}, dockerImages = {} } = readJson(join(dir, file)) as AssetManifest;
  if (Object.keys(dockerImages).length > 0) {
    throw new Error('The app has container images as assets; the local cloud has no container registry.');
  }
  return Object.values(files).flatMap(({ source, destinations }) => {
    if (source.path === undefined) {
      throw new Error(
        'The app has assets that a command has to make; only files and directories can be deployed here.',
      );
    }
    const path = join(dir, source.path);
    return Object.values(destinations).map(({ bucketName, objectKey }) => ({
      path,
      packaging: source.packaging === 'zip' ? ('zip' as const) : ('file' as const),
      bucket: atPlace(bucketName, place),
      key: atPlace(objectKey, place),
    }));
  });
}

const atPlace = (name: string, { account, region }: Place) =>
  name
    .replaceAll(/\$\{AWS::AccountId\}/g, account)
    .replaceAll(/\$\{AWS::Region\}/g, region)
    .replaceAll(/\$\{AWS::Partition\}/g, 'aws');

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import type { CloudContext, Operation } from '../../../core/service';
import { type CodeStore, codeSha256 } from '../code-store';
import type { Layer, Layers, LayerVersion } from '../layers';
import { constraint, resourceNotFound } from './errors';
import { lambdaTime, readCode } from './function-operations';
import { page } from './page';

type Parts = { readonly context: CloudContext; readonly layers: Layers; readonly code: CodeStore };

/** Layers of Node code. */
export function layerOperations({ context, layers, code }: Parts): Record<string, Operation> {
  const find = (input: { LayerName: string; VersionNumber: unknown }, call: Parameters<Operation>[1]) => {
    const layer = layers.named(String(input.LayerName), call);
    const version = layer.versions.find((known) => known.version === Number(input.VersionNumber));
    return { layer, version };
  };

  return {
    PublishLayerVersion: (input, call) => {
      refuseUnknown('PublishLayerVersion', input, [
        'LayerName',
        'Content',
        'Description',
        'LicenseInfo',
        'CompatibleRuntimes',
        'CompatibleArchitectures',
      ]);
      const { Content = {}, CompatibleRuntimes: runtimes, CompatibleArchitectures: architectures } = input;
      refuseUnknown('PublishLayerVersion: Content', Content, ['ZipFile', 'S3Bucket', 'S3Key']);
      const layer = layers.named(String(input.LayerName), call);
      if (!/^[\w-]{1,140}$/.test(layer.name)) {
        throw constraint(
          input.LayerName,
          'layerName',
          'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+',
        );
      }
      const unpacked = readCode(context, code, Content);
      const foreign = code.topLevel(unpacked).filter((name) => name !== 'nodejs');
      // Extensions, binaries and other languages: nothing here would make use of them.
      if (foreign.length > 0) {
        throw notImplemented(`PublishLayerVersion: what a layer has outside of nodejs/ (${foreign.join(', ')})`);
      }
      const version: LayerVersion = {
        version: layer.nextVersion,
        code: unpacked,
        description: input.Description ?? '',
        ...(runtimes && { runtimes }),
        ...(architectures && { architectures }),
        ...(input.LicenseInfo && { license: String(input.LicenseInfo) }),
        createdAt: lambdaTime(context.clock.now()),
      };
      const versions = [...layer.versions, version];
      layers.set({ ...layer, versions, nextVersion: layer.nextVersion + 1 });
      return view(layer, version);
    },

    GetLayerVersion: (input, call) => {
      const { layer, version } = find(input, call);
      if (!version) throw resourceNotFound('The resource you requested does not exist.');
      return view(layer, version);
    },

    /** Functions that have it keep it. */
    DeleteLayerVersion: (input, call) => {
      const { layer, version } = find(input, call);
      if (version) layers.set({ ...layer, versions: layer.versions.filter((known) => known !== version) });
    },

    ListLayerVersions: (input, call) => {
      refuseUnknown('ListLayerVersions', input, ['LayerName', 'Marker', 'MaxItems']);
      const layer = layers.named(String(input.LayerName), call);
      const { items, marker } = page([...layer.versions].reverse(), input, 50);
      return { LayerVersions: items.map((version) => summary(layer, version)), ...marker };
    },

    ListLayers: (input, call) => {
      // The path of `GetLayerVersionByArn` is the same.
      refuseUnknown('ListLayers', input, ['Marker', 'MaxItems']);
      const { items, marker } = page(layers.list(call), input, 50);
      return {
        Layers: items.map((layer) => ({
          LayerName: layer.name,
          LayerArn: layer.arn,
          LatestMatchingVersion: summary(layer, layer.versions[layer.versions.length - 1]!),
        })),
        ...marker,
      };
    },
  };
}

const summary = (layer: Layer, version: LayerVersion) => ({
  LayerVersionArn: `${layer.arn}:${version.version}`,
  Version: version.version,
  Description: version.description,
  CreatedDate: version.createdAt,
  CompatibleRuntimes: version.runtimes,
  CompatibleArchitectures: version.architectures,
  LicenseInfo: version.license,
});

const view = (layer: Layer, version: LayerVersion) => ({
  ...summary(layer, version),
  LayerArn: layer.arn,
  Content: { CodeSha256: codeSha256(version.code), CodeSize: version.code.size },
});

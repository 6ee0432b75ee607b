import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * A shard of a DynamoDB stream serves two readers at once; a third makes all of them be throttled.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
const maxReaders = 2;

/** Makes synthesis fail when more than two readers follow the stream, however they were attached to it. */
export function refuseThirdReader(store: IConstruct, streamArn: string): void {
  store.node.addValidation({
    validate: () => {
      const readers = store.node.root.node
        .findAll()
        .filter((node) => CfnResource.isCfnResource(node) && sourceOf(node) === streamArn);
      if (readers.length <= maxReaders) return [];
      const names = readers.map((reader) => reader.node.scope?.node.path ?? reader.node.path).join(', ');
      return [
        `The stream of ${store.node.path} has ${readers.length} readers (${names}), and DynamoDB serves ${maxReaders}. ` +
          'Subscribe to the facts on the bus instead.',
      ];
    },
  });
}

/** The stream that a resource reads by itself: Lambda's event source mappings and EventBridge's pipes do. */
function sourceOf(resource: CfnResource): unknown {
  switch (resource.cfnResourceType) {
    case 'AWS::Lambda::EventSourceMapping':
      return (resource as unknown as { eventSourceArn?: unknown }).eventSourceArn;
    case 'AWS::Pipes::Pipe':
      return (resource as unknown as { source?: unknown }).source;
    default:
      return undefined;
  }
}

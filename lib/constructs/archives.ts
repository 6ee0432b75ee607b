import { CfnResource } from 'aws-cdk-lib';
import type { CfnArchive, IEventBus } from 'aws-cdk-lib/aws-events';
import type { IConstruct } from 'constructs';

/**
 * Makes synthesis fail when an archive takes in what producers put on the bus: it would keep users' personal data in clear,
 * where a deletion cannot follow. Facts (`source`) carry none.
 */
export function refuseArchivesOfEvents(scope: IConstruct, bus: IEventBus, source: string): void {
  scope.node.addValidation({
    validate: () =>
      scope.node.root.node
        .findAll()
        .filter((node): node is CfnArchive => isArchiveOf(node, bus.eventBusArn))
        .filter((archive) => !takesOnly(archive.eventPattern, source))
        .map(
          (archive) =>
            `The archive ${archive.node.path} would keep what producers put on the bus, personal data with it. ` +
            `Archive the facts only: eventPattern {"source": ["${source}"]}.`,
        ),
  });
}

const isArchiveOf = (node: IConstruct, busArn: string): boolean =>
  CfnResource.isCfnResource(node) &&
  node.cfnResourceType === 'AWS::Events::Archive' &&
  (node as CfnArchive).sourceArn === busArn;

function takesOnly(pattern: unknown, source: string): boolean {
  const sources = (pattern as { readonly source?: unknown } | undefined)?.source;
  return Array.isArray(sources) && sources.length > 0 && sources.every((one) => one === source);
}

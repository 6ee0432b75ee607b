import type { Properties, ResourceContext, ResourceHandler } from './handler';

/** AWS::Logs::SubscriptionFilter. */
export const logsSubscriptionFilter: ResourceHandler = {
  properties: ['LogGroupName', 'FilterName', 'FilterPattern', 'DestinationArn', 'RoleArn', 'Distribution'],
  refused: ['ApplyOnTransformedLogs', 'EmitSystemFields', 'FieldSelectionCriteria'],
  required: ['LogGroupName', 'FilterPattern', 'DestinationArn'],
  createOnly: ['FilterName', 'LogGroupName'],
  nameProperty: 'FilterName',

  create: async (properties, context) => {
    const filterName: string = properties.FilterName ?? context.newName(512);
    await put(filterName, properties, context);
    return { physicalId: filterName };
  },

  update: (filterName, properties, _before, context) => put(filterName, properties, context),

  delete: (filterName, { LogGroupName: logGroupName }, { call }) =>
    call('logs', 'DeleteSubscriptionFilter', { logGroupName, filterName }),
};

async function put(filterName: string, properties: Properties, { call }: ResourceContext): Promise<void> {
  const { LogGroupName, FilterPattern, DestinationArn, RoleArn, Distribution } = properties;
  await call('logs', 'PutSubscriptionFilter', {
    filterName,
    logGroupName: LogGroupName,
    filterPattern: FilterPattern,
    destinationArn: DestinationArn,
    ...(RoleArn && { roleArn: RoleArn }),
    ...(Distribution && { distribution: Distribution }),
  });
}

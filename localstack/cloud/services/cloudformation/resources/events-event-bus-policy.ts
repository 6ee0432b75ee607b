import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { pick } from './pick';

type Statement = { readonly Sid?: string };

/** AWS::Events::EventBusPolicy: one statement of a bus's policy. */
export const eventsEventBusPolicy: ResourceHandler = {
  properties: ['EventBusName', 'StatementId', 'Statement', 'Action', 'Principal', 'Condition'],
  refused: [],
  required: ['StatementId'],
  createOnly: ['EventBusName', 'StatementId'],

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: `${properties.EventBusName ?? 'default'}|${properties.StatementId}` };
  },

  update: async (_id, properties, _before, context) => put(properties, context),

  delete: (_id, { EventBusName, StatementId }, { call }) =>
    call('events', 'RemovePermission', { ...(EventBusName && { EventBusName }), StatementId }),
};

async function put(properties: Properties, { call }: ResourceContext): Promise<void> {
  const { EventBusName, StatementId, Statement } = properties;
  const bus = EventBusName === undefined ? {} : { EventBusName };
  if (Statement === undefined) {
    await call('events', 'PutPermission', {
      ...bus,
      StatementId,
      ...pick(properties, ['Action', 'Principal', 'Condition']),
    });
    return;
  }
  // `PutPermission` with a policy replaces the whole of it: the other statements are put back with ours.
  const { Policy } = await call('events', 'DescribeEventBus', { Name: EventBusName ?? 'default' });
  const document = Policy ? (JSON.parse(Policy) as { Statement: Statement[] }) : { Statement: [] };
  const others = document.Statement.filter(({ Sid }) => Sid !== StatementId);
  await call('events', 'PutPermission', {
    ...bus,
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [...others, { ...Statement, Sid: StatementId }] }),
  });
}

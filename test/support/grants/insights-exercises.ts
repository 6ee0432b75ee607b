import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { factOf } from '../../../functions/projections/fact';
import { queueEvent } from '../queue-event';
import { recorded } from '../recorded';
import type { DeployedFunction } from './deployed-function';
import type { Exercise } from './unneeded';

export function insightsExercises(insights: DeployedFunction, visibility: number): readonly Exercise[] {
  const { system } = insights;
  const message = () => {
    const fact = { userId: 'u-1', statusBefore: 'none', statusAfter: 'created', total: 500, currency: 'EUR' };
    const stream = `order#${system.newId('o')}`;
    const event = recorded(stream, 1, 'OrderCreated', {}, { metadata: { fact }, recordedAt: insights.time() });
    return { source: 'orderstream', detail: factOf(event).detail };
  };
  return [
    insights.writesItsLog(() => queueEvent([message()])),
    insights.consumes('InsightsQueueUrl', message, { visibility, window: 1_500 }),
    { name: 'counts facts', run: () => insights.invoke(queueEvent([message()])) },
    {
      name: 'begins the first generation of its counters',
      run: async () => {
        const key = { pk: { S: 'generations' }, sk: { S: 'insights' } };
        await system.dynamodb.send(new DeleteItemCommand({ TableName: system.outputs.ViewsTableName!, Key: key }));
        await insights.advance(2_500);
        return insights.invoke(queueEvent([message()]));
      },
    },
  ];
}

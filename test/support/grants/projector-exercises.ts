import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { queueEvent } from '../queue-event';
import { recorded } from '../recorded';
import { streamEvent } from '../stream-event';
import { type DeployedFunction, RETRIED } from './deployed-function';
import { aggregates, park } from './ticked-exercises';
import type { Exercise } from './unneeded';

/** More than the keys of an index can hold: neither a row of the stream nor its fault can be written. */
const tooLong = (of: DeployedFunction) => of.system.newId('x'.repeat(1_500));

/** What the stream of the Events table delivers, without being in the table: the real stream goes on meanwhile. */
const opened = (of: DeployedFunction, orderId = of.system.newId('o')) => streamEvent(of.order(orderId, 1));

/** Follows the stream: what is appended shows within moments, in a row or on the bus. */
function follows(of: DeployedFunction, shown: (orderId: string) => Promise<boolean>): Exercise {
  let orderId = '';
  const missing = async () => ((await shown(orderId)) ? undefined : 'what was appended does not show');
  return {
    name: 'follows the stream of events',
    about: /Stream|dynamodb:Get(Records|ShardIterator)/,
    run: async () => {
      orderId = of.system.newId('o');
      await of.store(of.order(orderId, 1));
      return missing();
    },
    recover: async () => {
      await of.advance(RETRIED);
      return missing();
    },
  };
}

const onViews = (action: string) => () => ({ action: `dynamodb:${action}`, on: /table\/[^/]*Views/ });

export function viewsExercises(views: DeployedFunction, visibility: number): readonly Exercise[] {
  const { system } = views;
  const removeRow = (stream: string) =>
    system.dynamodb.send(
      new DeleteItemCommand({
        TableName: system.outputs.ViewsTableName!,
        Key: { pk: { S: stream }, sk: { S: 'summary@1' } },
      }),
    );
  /** An order whose row is gone. */
  const lost = async (length: number) => {
    const orderId = system.newId('o');
    await views.store(views.order(orderId, length));
    await removeRow(`order#${orderId}`);
    return { stream: `order#${orderId}`, version: length };
  };
  return [
    views.notesErrors(onViews('PutItem'), () => opened(views)),
    views.writesItsLog(() => opened(views)),
    follows(views, async (orderId) => (await system.get(`/orders/${orderId}`)).status === 200),
    views.consumes('ViewsRedriveQueueUrl', () => lost(1), { visibility }),
    { name: 'keeps a row', run: () => views.invoke(opened(views)) },
    {
      name: 'says what it cannot project',
      run: () => views.invoke(streamEvent([recorded(`order#${system.newId('o')}`, 1, 'OrderBewitched')])),
    },
    { name: 'sets aside what not even a row can tell of', run: () => views.invoke(opened(views, tooLong(views))) },
    { name: 'makes a row from the events again', run: async () => views.invoke(queueEvent([await lost(3)])) },
  ];
}

export function feedExercises(feed: DeployedFunction, visibility: number): readonly Exercise[] {
  const { system } = feed;
  const stored = async () => {
    const orderId = system.newId('o');
    await feed.store(feed.order(orderId, 1));
    return { stream: `order#${orderId}`, version: 1 };
  };
  const wakes = (aggregate: (typeof aggregates)[number]): Exercise => ({
    name: `wakes what is parked for ${aggregate}`,
    run: async () => {
      const stream = await park(feed, aggregate);
      const wrong = await feed.invoke(streamEvent([recorded(stream, 1, 'OrderCreated')]));
      await feed.cloud.idle();
      return wrong;
    },
  });
  return [
    feed.notesErrors(onViews('BatchWriteItem'), () => opened(feed)),
    feed.writesItsLog(() => opened(feed)),
    follows(feed, async (orderId) => {
      const { items } = (await system.get(`/correlations/story-${orderId}`)).body;
      return items.length > 0;
    }),
    feed.consumes('FeedRedriveQueueUrl', stored, { visibility }),
    { name: 'feeds an event on', run: () => feed.invoke(opened(feed)) },
    { name: 'sets aside what has no place in the feed', run: () => feed.invoke(opened(feed, tooLong(feed))) },
    { name: 'takes up a place again', run: async () => feed.invoke(queueEvent([await stored()])) },
    ...aggregates.map(wakes),
  ];
}

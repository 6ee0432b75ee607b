import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { FACT_SOURCE } from '../application/catalogue';
import type { Effects, Fact } from '../application/ports';
import type { ReplayQueues } from '../application/replay/replay';
import type { Subscriber } from '../application/replay/subscribers';
import { derivedId } from './derived-id';
import { messageText, sendMessages } from './send-messages';

type Home = { readonly account: string; readonly region: string };

/** Facts to a subscriber's queue in the envelope that a rule delivers them in, marked as EventBridge marks a replay. */
export class SqsReplayQueues implements ReplayQueues {
  readonly #homes = new Map<Subscriber, Promise<Home>>();

  constructor(
    private readonly client: SQSClient,
    private readonly urls: () => Readonly<Record<Subscriber, string>>,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async send(to: Subscriber, name: string, facts: readonly Fact[]): Promise<void> {
    const home = await this.homeOf(to);
    const messages = facts.map((fact, i) => ({ id: String(i), body: messageText(envelopeOf(fact, name, home)) }));
    await sendMessages(this.client, this.urls()[to], messages, this.effects);
  }

  /** Asked once. */
  private homeOf(to: Subscriber): Promise<Home> {
    const known = this.#homes.get(to);
    if (known) return known;
    const asked = this.client
      .send(new GetQueueAttributesCommand({ QueueUrl: this.urls()[to], AttributeNames: ['QueueArn'] }))
      .then(({ Attributes }) => {
        const [, , , region, account] = (Attributes?.QueueArn ?? '').split(':');
        if (!region || !account) throw new Error(`the queue of ${to} has no ARN that names a region and an account`);
        return { region, account };
      });
    this.#homes.set(to, asked);
    return asked;
  }
}

/**
 * The form of an event of EventBridge (user guide, "Event structure"), with the field `replay-name` that it adds when it
 * replays an archive. The id follows from replay and fact: a call that is repeated brings the same event.
 */
function envelopeOf({ type, time, detail }: Fact, name: string, { account, region }: Home) {
  return {
    version: '0',
    id: derivedId(`${name} ${detail.id}`),
    'detail-type': type,
    source: FACT_SOURCE,
    account,
    time: `${new Date(time).toISOString().slice(0, 19)}Z`,
    region,
    'replay-name': name,
    resources: [],
    detail,
  };
}

import { Records } from '../../core/records';
import type { Call, CloudContext } from '../../core/service';
import { noSuchSubscription, noSuchTopic } from './errors';
import { compileFilter, type Filter } from './filter-policy';
import type { SubscriptionRecord } from './subscription-record';
import { readTopicArn, type TopicRecord } from './topic-record';

/** All topics and their subscriptions. */
export class Topics {
  readonly #topics: Records<TopicRecord>;
  readonly #subscriptions: Records<SubscriptionRecord>;
  /** By the topic's ARN: ARNs of its subscriptions, oldest first. */
  readonly #byTopic = new Map<string, Set<string>>();
  /** Parsed once, so that whoever judges them compiles them once. */
  readonly #policies = new WeakMap<TopicRecord, object>();
  readonly #filters = new WeakMap<SubscriptionRecord, Filter>();

  constructor({ store }: Pick<CloudContext, 'store'>) {
    this.#topics = new Records(store.space('sns-topics'));
    this.#subscriptions = new Records(store.space('sns-subscriptions'));
    for (const { arn, topicArn } of this.#subscriptions.values()) this.#ofTopic(topicArn).add(arn);
  }

  find(arn: string): TopicRecord | undefined {
    return this.#topics.get(arn);
  }

  /** Throws `InvalidParameter` for what is no ARN of a topic, and `NotFound`. */
  get(arn: unknown, member?: string): TopicRecord {
    const topic = this.#topics.get(readTopicArn(arn, member));
    if (!topic) throw noSuchTopic();
    return topic;
  }

  /** Those of the caller's account and region, by name. */
  list({ account, region }: Call): TopicRecord[] {
    return this.#topics.values().filter((topic) => topic.account === account && topic.region === region);
  }

  set(topic: TopicRecord): void {
    this.#topics.set(topic.arn, topic);
  }

  /** With its subscriptions. */
  delete(arn: string): void {
    for (const { arn: subscription } of this.subscriptionsOf(arn)) this.#subscriptions.delete(subscription);
    this.#byTopic.delete(arn);
    this.#topics.delete(arn);
  }

  policyOf(topic: TopicRecord): object | undefined {
    const text = topic.attributes.Policy;
    if (text === undefined) return undefined;
    let policy = this.#policies.get(topic);
    if (!policy) {
      policy = JSON.parse(text) as object;
      this.#policies.set(topic, policy);
    }
    return policy;
  }

  findSubscription(arn: string): SubscriptionRecord | undefined {
    return this.#subscriptions.get(arn);
  }

  /** Throws `NotFound`. */
  subscription(arn: unknown): SubscriptionRecord {
    const subscription = this.#subscriptions.get(String(arn));
    if (!subscription) throw noSuchSubscription();
    return subscription;
  }

  subscriptionsOf(topicArn: string): SubscriptionRecord[] {
    return [...(this.#byTopic.get(topicArn) ?? [])].map((arn) => this.#subscriptions.get(arn)!);
  }

  /** Those of the caller's account and region. */
  subscriptions({ account, region }: Call): SubscriptionRecord[] {
    return this.#subscriptions
      .values()
      .filter(({ owner, topicArn }) => owner === account && topicArn.split(':')[3] === region);
  }

  setSubscription(subscription: SubscriptionRecord): void {
    this.#subscriptions.set(subscription.arn, subscription);
    this.#ofTopic(subscription.topicArn).add(subscription.arn);
  }

  deleteSubscription({ arn, topicArn }: SubscriptionRecord): void {
    this.#subscriptions.delete(arn);
    this.#byTopic.get(topicArn)?.delete(arn);
  }

  /** Which messages a subscription gets. */
  filterOf(subscription: SubscriptionRecord): Filter {
    let filter = this.#filters.get(subscription);
    if (!filter) {
      filter = compileFilter(subscription.attributes);
      this.#filters.set(subscription, filter);
    }
    return filter;
  }

  #ofTopic(topicArn: string): Set<string> {
    let arns = this.#byTopic.get(topicArn);
    if (!arns) {
      arns = new Set();
      this.#byTopic.set(topicArn, arns);
    }
    return arns;
  }
}

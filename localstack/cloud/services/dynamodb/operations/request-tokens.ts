import { createHash } from 'node:crypto';
import { AwsError } from '../../../core/aws-error';
import type { Timer } from '../../../core/clock';
import { integerKey } from '../../../core/key';
import type { CloudContext } from '../../../core/service';
import type { Space } from '../../../core/store';
import type { Owner } from '../table/tables';

/** How long a token makes a repeated transaction a repetition. */
const VALIDITY = 10 * 60 * 1000;

/** The ClientRequestTokens of transactions that have been done. */
export class RequestTokens {
  readonly #context: CloudContext;
  readonly #tokens: Space;
  readonly #expiries: Space;
  #sweep: Timer | undefined;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#tokens = context.store.space('dynamodb.tokens');
    this.#expiries = context.store.space('dynamodb.token-expiries');
  }

  start(): void {
    for (const _ of this.#expiries.range({ limit: 1 })) this.#sweepLater();
  }

  stop(): void {
    this.#sweep?.cancel();
  }

  /** Whether this very request has been done already. Throws when another one was, under the same token. */
  isRepeated(owner: Owner, token: string, request: unknown): boolean {
    const known = this.#tokens.get(keyOf(owner, token));
    if (known === undefined) return false;
    const [doneAt, digest] = known.split(' ');
    if (Number(doneAt) + VALIDITY <= this.#context.clock.now()) return false;
    if (digest !== digestOf(request))
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
      );
    return true;
  }

  remember(owner: Owner, token: string, request: unknown): void {
    const now = this.#context.clock.now();
    const key = keyOf(owner, token);
    this.#tokens.put(key, `${now} ${digestOf(request)}`);
    this.#expiries.put(integerKey(now) + key, '1');
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#sweep) return;
    this.#sweep = this.#context.clock.after(VALIDITY, 'dynamodb: forget request tokens', () => this.#forget());
  }

  #forget(): void {
    this.#sweep = undefined;
    const end = integerKey(Math.max(0, this.#context.clock.now() - VALIDITY + 1));
    for (const [expiry] of [...this.#expiries.range({ end })]) {
      this.#expiries.remove(expiry);
      const key = expiry.slice(16);
      // The token may have been used again since.
      const doneAt = Number(this.#tokens.get(key)?.split(' ')[0]);
      if (doneAt === Number(expiry.slice(0, 16))) this.#tokens.remove(key);
    }
    for (const _ of this.#expiries.range({ limit: 1 })) this.#sweepLater();
  }
}

const keyOf = ({ account, region }: Owner, token: string): string =>
  Buffer.from(`${account}/${region}/${token}`, 'utf8').toString('latin1');

const digestOf = (request: unknown): string => createHash('sha1').update(JSON.stringify(request)).digest('base64');

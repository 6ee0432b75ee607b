import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../core/clock';
import { joinKey } from '../../core/key';
import type { Call } from '../../core/service';
import type { Space, Store } from '../../core/store';
import { conflict } from './errors';
import type { Request } from './request';

/** AWS names no figure; SDKs retry within minutes. */
const REMEMBERED_FOR = 8 * 3_600_000;

type Answered = { readonly at: number; readonly request: Request; readonly answer: object };

/**
 * Requests by their client token, so that one that comes again (an SDK's retry after a lost answer) is answered as the
 * first time, and done once.
 */
export class ClientTokens {
  readonly #clock: Clock;
  readonly #space: Space;

  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#space = store.space('scheduler-tokens');
  }

  /** Runs `effect`, which is synchronous, unless the same request was answered before. */
  once(operation: string, request: Request, call: Call, effect: () => object): object {
    if (request.ClientToken === undefined) return effect();
    this.#forgetOld();
    const key = joinKey('token', call.account, call.region, operation, String(request.ClientToken));
    const known = this.#space.get(key);
    if (known !== undefined) {
      const { request: first, answer } = JSON.parse(known) as Answered;
      if (isDeepStrictEqual(first, plain(request))) return answer;
      throw conflict(`ClientToken ${request.ClientToken} was used before, with other parameters.`);
    }
    const answer = effect();
    const answered: Answered = { at: this.#clock.now(), request, answer };
    this.#space.put(key, JSON.stringify(answered));
    this.#space.put(joinKey('age', answered.at, key), key);
    return answer;
  }

  #forgetOld(): void {
    const end = joinKey('age', Math.max(0, this.#clock.now() - REMEMBERED_FOR));
    for (const [age, key] of [...this.#space.range({ start: joinKey('age'), end })]) {
      this.#space.remove(age);
      this.#space.remove(key);
    }
  }
}

const plain = (request: Request): Request => JSON.parse(JSON.stringify(request)) as Request;

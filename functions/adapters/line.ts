import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Effects, Line, Turn } from '../application/ports';
import { LineItems, type LineState } from './line/line-item';
import { Pace } from './line/pace';

type Settings = {
  /** Ms without movement, as one who waits sees it, after which the holder of the turn counts as dead. */
  readonly leaseMs: number;
  /** Ms after which `enter` resolves although it is not the caller's turn. */
  readonly patienceMs: number;
};

/** A turn takes some tens of milliseconds. */
const SETTINGS: Settings = { leaseMs: 2_000, patienceMs: 10_000 };
/** Those further back let the nearer ones notice first, so that not all of them try to pass the dead over. */
const PRECEDENCE_MS = 10;

/** A ticket whose turn it is. */
type Held = { readonly name: string; readonly ticket: number };

/**
 * A ticket lock: who enters takes the next number, and looks at the line from time to time until the one before has
 * left. The lines are items of the Inbox table (`line/line-item.ts`).
 *
 * Nothing here has to hold for anything to be right. A holder that is passed over although it lives costs a conflict.
 */
export class DynamoDbLine implements Line {
  private readonly lines: LineItems;
  private readonly settings: Settings;

  constructor(
    client: DynamoDBClient,
    inboxTable: string,
    private readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>,
    settings: Partial<Settings> = {},
  ) {
    this.lines = new LineItems(client, inboxTable);
    this.settings = { ...SETTINGS, ...settings };
  }

  async enter(names: readonly string[]): Promise<Turn> {
    const until = this.time() + this.settings.patienceMs;
    const held: Held[] = [];
    const leave = async () => {
      await Promise.all(held.splice(0).map((one) => this.leave(one)));
    };
    try {
      // All in the same order: no two wait for each other.
      for (const name of [...new Set(names)].sort()) {
        const turn = await this.waitFor(name, until);
        if (!turn) break;
        held.push(turn);
      }
    } catch (error) {
      await leave();
      throw error;
    }
    return { leave };
  }

  /** Undefined: it took too long, and the ticket has been given up. */
  private async waitFor(name: string, until: number): Promise<Held | undefined> {
    const line = await this.lines.take(name);
    const held = { name, ticket: line.taken };
    try {
      const inTime = await this.waitInLine(held, line, until);
      return inTime ? held : undefined;
    } catch (error) {
      await this.lines.giveUp(name, held.ticket).catch(() => undefined);
      throw error;
    }
  }

  private async waitInLine({ name, ticket }: Held, entered: LineState, until: number): Promise<boolean> {
    let line = entered;
    const pace = new Pace(line.served, this.time());
    for (;;) {
      const ahead = ticket - 1 - line.served;
      // Below 0: passed over for having been slow.
      if (ahead <= 0) return true;
      const time = this.time();
      // If the turn comes just now, the one before has not seen that nobody wants it any more: then it is taken after all.
      if (time >= until) return (await this.lines.giveUp(name, ticket)).served >= ticket - 1;
      if (pace.stillFor(time) >= this.settings.leaseMs + ahead * PRECEDENCE_MS) {
        await this.passOver(name, ticket, line);
      } else {
        await this.effects.sleep(Math.min(until - time, pace.nextLook(ahead, time, this.effects.random())));
      }
      line = await this.lines.look(name);
      pace.saw(line.served, this.time());
    }
  }

  /**
   * Ends the turn of whoever has it and does nothing, and of twice as many each time that the next one does nothing either: a
   * line in which hundreds have died moves again after some leases, not some hundred.
   */
  private async passOver(name: string, ticket: number, { served, missed, givenUp }: LineState): Promise<void> {
    const to = Math.min(ticket - 1, served + 2 ** Math.min(missed, 20));
    await this.advance(name, served, to, missed + 1, givenUp);
  }

  /** Whatever goes wrong here costs those who wait a lease, but not the one who has done its work its answer. */
  private async leave({ name, ticket }: Held): Promise<void> {
    await this.advance(name, ticket - 1, ticket, 0).catch(() => undefined);
  }

  /** Ends turns up to that of `to`, and of those right behind who have given up. */
  private async advance(
    name: string,
    from: number,
    to: number,
    missed: number,
    givenUp: ReadonlySet<number> = new Set(),
  ): Promise<void> {
    let last = to;
    while (givenUp.has(last + 1)) last++;
    const forget = [...givenUp].filter((ticket) => ticket <= last);
    const line = await this.lines.advance(name, { from, to: last, missed, forget });
    // Who gives up later than this sees that the turn has come.
    if (line?.givenUp.has(last + 1)) await this.advance(name, last, last + 1, missed, line.givenUp);
  }

  private time(): number {
    return this.effects.now().getTime();
  }
}

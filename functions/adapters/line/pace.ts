/** What a turn takes (a load, a transaction, the way between them), as long as nobody has seen one. */
const FIRST_GUESS_MS = 25;
/** Between two looks of the one who is next, at least; every turn is longer by half of it. */
const SHORTEST_WAIT_MS = 8;
/** Short against the time after which a holder counts as dead, so that whoever waits notices it. */
const LONGEST_WAIT_MS = 500;

/** How fast a line moves, as somebody sees it who waits in it and looks from time to time. Times in ms, of one clock. */
export class Pace {
  private served: number;
  private movedAt: number;
  private msPerTurn = FIRST_GUESS_MS;

  constructor(
    private readonly servedAtFirst: number,
    private readonly enteredAt: number,
  ) {
    this.served = servedAtFirst;
    this.movedAt = enteredAt;
  }

  /** The line stood like this when somebody looked. */
  saw(served: number, at: number): void {
    if (served <= this.served) return;
    const onTheWhole = (at - this.enteredAt) / (served - this.servedAtFirst);
    const lately = (at - this.movedAt) / (served - this.served);
    // Too low a guess costs a look; too high a one makes the line wait, which raises the next guess.
    this.msPerTurn = Math.min(onTheWhole, lately, 1.5 * this.msPerTurn);
    this.served = served;
    this.movedAt = at;
  }

  /** Since when nobody has been served, as far as one has seen. */
  stillFor(at: number): number {
    return at - this.movedAt;
  }

  /**
   * How long to wait before the next look, with so many ahead: a half to nine tenths of the time that they will take, so
   * that a long wait costs few looks. Who is next and overdue looks some times in a turn, and less and less often while
   * nothing moves.
   */
  nextLook(ahead: number, at: number, random: number): number {
    const still = this.stillFor(at);
    const soon = Math.max(SHORTEST_WAIT_MS, this.msPerTurn / 5, still / 4) * (0.5 + random);
    const untilTurn = ((ahead - 0.5) * this.msPerTurn - still) * (0.5 + random * 0.4);
    return Math.min(LONGEST_WAIT_MS, Math.max(soon, untilTurn));
  }
}

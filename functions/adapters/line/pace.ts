/** What a turn takes (a load, a transaction, the way between them), as long as nobody has seen one. */
const FIRST_GUESS_MS = 25;
const SHORTEST_WAIT_MS = 5;
/** Short against the time after which a holder counts as dead, so that whoever waits notices it. */
const LONGEST_WAIT_MS = 500;

/** How fast a line moves, as somebody sees it who waits in it and looks from time to time. Times in ms, of one clock. */
export class Pace {
  private msPerTurn = FIRST_GUESS_MS;

  constructor(
    private served: number,
    private movedAt: number,
  ) {}

  /** The line stood like this when somebody looked. */
  saw(served: number, at: number): void {
    if (served <= this.served) return;
    this.msPerTurn = (at - this.movedAt) / (served - this.served);
    this.served = served;
    this.movedAt = at;
  }

  /** Since when nobody has been served, as far as one has seen. */
  stillFor(at: number): number {
    return at - this.movedAt;
  }

  /**
   * How long to wait before the next look, with so many ahead: a quarter to three quarters of the time that they will
   * take. So a long wait costs a look each time that about half of it is over, and the last looks come soon. A turn that
   * goes on for longer than the ones before is believed to go on for as long again.
   */
  nextLook(ahead: number, at: number, random: number): number {
    const msPerTurn = Math.max(this.msPerTurn, this.stillFor(at));
    return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ahead * msPerTurn * (0.25 + random / 2)));
  }
}

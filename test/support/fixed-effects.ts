import type { Effects } from '../../functions/application/ports';

/** Time stands still until it is set, ids count, dice always fall the same, sleep is noted and over at once. */
export class FixedEffects implements Effects {
  readonly slept: number[] = [];
  private ids = 0;

  constructor(public time = new Date('2026-01-01T12:00:00.000Z')) {}

  readonly now = () => this.time;
  readonly newId = () => `id-${++this.ids}`;
  readonly random = () => 0.5;
  readonly sleep = async (ms: number) => {
    this.slept.push(ms);
  };

  advance(ms: number): void {
    this.time = new Date(this.time.getTime() + ms);
  }
}

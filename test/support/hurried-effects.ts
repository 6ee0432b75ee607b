import type { Effects } from '../../functions/application/ports';

/** Whoever sleeps wakes at once, and the time that it wanted to sleep has passed: for one alone, without a clock on the wall. */
export class HurriedEffects implements Pick<Effects, 'now' | 'random' | 'sleep'> {
  readonly slept: number[] = [];
  private time = Date.parse('2026-01-01T12:00:00.000Z');

  readonly now = () => new Date(this.time);
  readonly random = () => 0.5;
  readonly sleep = async (ms: number) => {
    this.slept.push(ms);
    this.time += ms;
  };

  get sleptMs(): number {
    return this.slept.reduce((sum, ms) => sum + ms, 0);
  }
}

/** How often a writer decides again because somebody else was faster, before it leaves that to its caller's retry. */
export const RACES = 10;

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): ms to wait before try `race + 1`. */
export function backoff(race: number, random: number): number {
  return race === 1 ? 0 : Math.floor(random * Math.min(250, 5 * 2 ** race));
}

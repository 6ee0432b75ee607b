/** How often a writer decides again because somebody else was faster, before it leaves that to its caller's retry. */
export const RACES = 10;

/** The same for one whose turn it is: only who has not been in line yet can be faster, and only once each. */
export const RACES_IN_TURN = 50;

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): ms to wait before try `race + 1`. */
export function backoff(race: number, random: number): number {
  return race === 1 ? 0 : Math.floor(random * Math.min(250, 5 * 2 ** race));
}

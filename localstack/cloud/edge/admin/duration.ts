const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `25h`, `1d12h`, `90s`, `1500ms`, or a number of milliseconds; undefined when it is none of these. */
export function parseDuration(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) && given >= 0 ? given : undefined;
  if (typeof given !== 'string') return undefined;
  if (/^\d+$/.test(given)) return Number(given);
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(given)) return undefined;
  let sum = 0;
  for (const [, count, unit] of given.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) sum += Number(count) * UNITS[unit!]!;
  return sum;
}

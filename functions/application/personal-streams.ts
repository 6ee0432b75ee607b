import { aggregateOf, ingestRoutes } from './catalogue';

/** Streams whose events are about a person: each has a key of its own. */
export const isPersonal = (stream: string): boolean => aggregateOf(stream) === 'user';

/** What came for no stream: it may be about a person unless its type is surely another aggregate's. */
export function mayBePersonal(stream: string, type: string): boolean {
  if (isPersonal(stream)) return true;
  if (aggregateOf(stream) !== undefined) return false;
  const others = Object.values(ingestRoutes).filter(({ aggregate }) => aggregate !== 'user');
  return !others.some(({ prefixes }) => prefixes.some((prefix) => type.startsWith(prefix)));
}

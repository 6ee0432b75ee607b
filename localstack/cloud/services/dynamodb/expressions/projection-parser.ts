import type { Path } from './ast';
import { TokenReader } from './token-reader';

/** Reads a projection expression. Throws `ExpressionError`. */
export function parseProjection(source: string): Path[] {
  const reader = new TokenReader(source);
  const paths = [reader.path()];
  while (reader.takeSign(',')) paths.push(reader.path());
  if (reader.token.kind !== 'end') throw reader.fault();
  reader.report();
  return paths;
}

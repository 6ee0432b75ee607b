import type { Denial } from '../cloud/core/registry';

/** One line for a call that was refused: time, who (a function by its short name), and what would allow it. */
export function denialLine({ principal, line }: Denial, at: Date, name: (functionName: string) => string): string {
  const time = at.toISOString().slice(11, 23);
  const session = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
  const short = name(session);
  return `${time}  ${line}${short === session ? '' : `  (${short})`}`;
}

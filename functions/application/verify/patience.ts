import type { Effects } from '../ports';

/** A projector may be a moment behind; who is behind after so many looks, over about three seconds, is behind. */
const LOOKS = 6;

/**
 * Looks at what is suspected until nothing of it may pass any more: `look` says of each what is wrong, if anything, and
 * whether that may pass by itself.
 */
export async function judged<Suspect, Finding>(
  suspects: readonly Suspect[],
  look: (suspects: readonly Suspect[]) => Promise<readonly { finding?: Finding; mayPass: boolean }[]>,
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let left = suspects;
  for (let looks = 1; left.length > 0; looks++) {
    const seen = await look(left);
    const isLast = looks === LOOKS;
    for (const { finding, mayPass } of seen) if (finding && (isLast || !mayPass)) findings.push(finding);
    left = isLast ? [] : left.filter((_, i) => seen[i]?.finding && seen[i].mayPass);
    if (left.length > 0) await effects.sleep(100 * 2 ** (looks - 1) * (0.75 + effects.random() / 2));
  }
  return findings;
}

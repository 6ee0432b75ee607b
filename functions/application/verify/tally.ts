import type { ProjectionFinding } from './findings';

/** Who has found so many knows what to do. */
const MOST_FINDINGS = 1_000;

/** What has been read, and what was found. */
export class Tally {
  streams = 0;
  events = 0;
  /** Of read models, feed and insights. */
  rows = 0;
  readonly #findings = new Map<string, ProjectionFinding>();

  add(findings: readonly ProjectionFinding[]): void {
    for (const finding of findings) {
      const { projection, stream, id = '' } = finding;
      const name = JSON.stringify([projection, stream, id]);
      // The first says most: a row whose place is wrong as well is also met as one without an event.
      if (!this.#findings.has(name)) this.#findings.set(name, finding);
    }
  }

  get found(): number {
    return this.#findings.size;
  }

  get isEnough(): boolean {
    return this.found >= MOST_FINDINGS;
  }

  /** By projection, stream and version. */
  get findings(): readonly ProjectionFinding[] {
    const placeOf = ({ projection, stream, version }: ProjectionFinding) =>
      `${projection} ${stream} ${`${version}`.padStart(12, '0')}`;
    return [...this.#findings.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }
}

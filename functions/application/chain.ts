import type { Place } from './read-models/feed-row';

/** An event as it stands in the table: not opened, not upcast. */
export type StoredEvent = Place &
  (
    | { readonly attributes: Readonly<Record<string, unknown>> }
    /** It has an attribute that nobody who appends ever writes. */
    | { readonly foreign: string }
  );

/** The first thing that is wrong with a stream. */
export type Finding = Place & {
  readonly kind: /** What the event says is not what its hash was made of. */
    | 'changed'
    /** It names another predecessor than the one that stands before it. */
    | 'unlinked'
    /** There is no event of this version, although there is, or was, a later one. */
    | 'missing'
    /** A version that no stream has. */
    | 'foreign';
  /** One sentence for a person. */
  readonly detail: string;
};

/** Follows the hash chain of one stream, event by event from version 1. Needs no memory of what it has passed. */
export class Chain {
  /** Of the last event that held. */
  version = 0;
  hash = '';

  constructor(
    readonly stream: string,
    private readonly hashOf: (content: Readonly<Record<string, unknown>>) => string,
  ) {}

  /** What is wrong with the next event; undefined: it holds. After a finding the chain is not to be followed further. */
  next(event: StoredEvent): Finding | undefined {
    const expected = this.version + 1;
    if (event.version !== expected)
      return event.version > expected && Number.isSafeInteger(event.version)
        ? this.missing(`version ${event.version} follows version ${this.version}`)
        : this.finding(event.version, 'foreign', `version ${event.version} stands where version ${expected} should`);
    if ('foreign' in event) return this.finding(expected, 'changed', event.foreign);
    const { hash, ...content } = event.attributes;
    if (this.hashOf(content) !== hash)
      return this.finding(expected, 'changed', 'the event is not the one that its hash was made of');
    if (content.prevHash !== this.hash)
      return this.finding(
        expected,
        'unlinked',
        this.version === 0
          ? 'the first event names one before it'
          : `its prevHash is not the hash of version ${this.version}: one of the two has been replaced`,
      );
    this.version = expected;
    this.hash = hash as string;
    return undefined;
  }

  /** The stream has ended here: what is wrong with that, when `known` is a version that it has reached. */
  end(known: number): Finding | undefined {
    if (known <= this.version) return undefined;
    return this.missing(`read models know version ${known}, the stream ends at version ${this.version}`);
  }

  private missing(detail: string): Finding {
    return this.finding(this.version + 1, 'missing', detail);
  }

  private finding(version: number, kind: Finding['kind'], detail: string): Finding {
    return { stream: this.stream, version, kind, detail };
  }
}

import type { FileEvent } from './system-calls';

export const PAGE = 4096;

type Chunk = { readonly offset: number; readonly data: Buffer };
/** Written and not synced: the disk may have any of its pages. */
type Floating = { readonly id: number; readonly chunks: readonly Chunk[]; written: boolean };

/** What may be on the disk when the power goes: what was synced for certain, and any pages of what was not. */
export class Disk {
  #name: 'none' | 'uncertain' | 'safe' = 'none';
  #safe: Buffer = Buffer.alloc(0);
  #floating: Floating[] = [];
  /** What a sync under way covers, by its id. */
  readonly #covered = new Map<number, ReadonlySet<Floating>>();

  happen(event: FileEvent): void {
    switch (event.kind) {
      case 'write':
        this.#floating.push({ id: event.id, chunks: pagesOf(event), written: false });
        return;
      case 'written': {
        const write = this.#floating.find(({ id }) => id === event.id)!;
        write.written = true;
        if (event.synced) this.#save(new Set(this.#floating.filter((other) => other.written && touch(other, write))));
        return;
      }
      case 'sync':
        this.#covered.set(event.id, new Set(this.#floating.filter(({ written }) => written)));
        return;
      case 'named':
        this.#name = 'uncertain';
        return;
      case 'name synced':
        if (this.#name === 'uncertain') this.#name = 'safe';
        return;
      case 'synced':
        this.#save(this.#covered.get(event.id)!);
        this.#covered.delete(event.id);
    }
  }

  /** How many things are uncertain: pages, and the file's name. */
  get uncertain(): number {
    const name = this.#name === 'uncertain' ? 1 : 0;
    return name + this.#floating.reduce((sum, { chunks }) => sum + chunks.length, 0);
  }

  /** The file when the power goes now, if there is one; `reached` says of each uncertain thing whether it got to the disk. */
  image(reached: () => boolean): Buffer | undefined {
    if (this.#name === 'none' || (this.#name === 'uncertain' && !reached())) return undefined;
    const chunks = this.#floating.flatMap((write) => write.chunks.filter(() => reached()));
    return chunks.reduce<Buffer>(put, Buffer.from(this.#safe));
  }

  #save(writes: ReadonlySet<Floating>): void {
    for (const write of this.#floating) {
      if (writes.has(write)) this.#safe = write.chunks.reduce(put, this.#safe);
    }
    this.#floating = this.#floating.filter((write) => !writes.has(write));
  }
}

function pagesOf({ offset, data }: Chunk): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < data.length; ) {
    const length = Math.min(data.length - at, PAGE - ((offset + at) % PAGE));
    chunks.push({ offset: offset + at, data: data.subarray(at, at + length) });
    at += length;
  }
  return chunks;
}

/** A disk writes whole pages: what was written to the same one before goes along. */
const touch = (one: Floating, other: Floating) =>
  one.chunks.some((a) => other.chunks.some((b) => Math.floor(a.offset / PAGE) === Math.floor(b.offset / PAGE)));

/** A file is as long as its last written byte; what was skipped is zero. */
function put(file: Buffer, { offset, data }: Chunk): Buffer {
  const end = offset + data.length;
  const longer = end > file.length ? Buffer.concat([file, Buffer.alloc(end - file.length)]) : file;
  data.copy(longer, offset);
  return longer;
}

import { dirname } from 'node:path';

/** What a process did to one file, and what it printed meanwhile, in order. */
export type FileEvent =
  | { readonly kind: 'write'; readonly id: number; readonly offset: number; readonly data: Buffer }
  /** The write has returned; `synced`: and is on the disk, by the flags of its descriptor. */
  | { readonly kind: 'written'; readonly id: number; readonly synced: boolean }
  | { readonly kind: 'sync'; readonly id: number }
  | { readonly kind: 'synced'; readonly id: number }
  /** The file has its name from now on, and has it for certain when its directory is synced. */
  | { readonly kind: 'named' | 'name synced' }
  | { readonly kind: 'printed'; readonly text: string };

/** The calls that have to be recorded: those that may change a file, open it, or make its bytes durable. */
export const RECORDED = [
  ...['openat', 'lseek', 'mmap', 'write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'fsync', 'fdatasync', 'msync'],
  ...['ftruncate', 'fallocate', 'sync_file_range', 'sendfile', 'copy_file_range', 'rename', 'renameat', 'renameat2'],
];

/** Options under which strace says everything that `fileEvents` reads. */
export const STRACE_OPTIONS = ['-f', '-y', '-v', '-xx', '-s', '4000000', '-e', `trace=${RECORDED.join()}`];

/**
 * Reads a record of strace (with `STRACE_OPTIONS`) for a file. Throws for calls on the file that are not understood:
 * the record would say less than has happened.
 */
export function fileEvents(record: string, file: string): FileEvent[] {
  const events: FileEvent[] = [];
  const positions = new Map<string, number>();
  const syncing = new Set<string>();
  /** By the thread: what ends when its call returns. */
  const open = new Map<string, (result: number) => void>();
  const directory = hex(dirname(file));
  // What is renamed to the file's name is the file, from the beginning.
  const aside = record
    .split('\n')
    .map((line) => /\brename\w*\(.*?"([^"]*)".*"([^"]*)"/.exec(line))
    .find((renamed) => renamed?.[2] === hex(file))?.[1];
  const names = [hex(file), ...(aside === undefined ? [] : [aside])];
  let id = 0;
  let named = false;
  const name = () => {
    if (!named) events.push({ kind: 'named' });
    named = true;
  };
  const begin = (call: string, args: string): ((result: number) => void) | undefined => {
    const fd = /^\d+/.exec(args)?.[0] ?? '';
    if (call === 'write' && fd === '1') {
      events.push({ kind: 'printed', text: bytesOf(args).toString('utf8') });
      return undefined;
    }
    if (call === 'openat') {
      const opened = names.find((name) => args.includes(`"${name}"`));
      if (opened === undefined) return undefined;
      return (descriptor) => {
        if (opened === hex(file) && /\bO_CREAT\b/.test(args)) name();
        positions.set(String(descriptor), 0);
        if (/\bO_D?SYNC\b/.test(args)) syncing.add(String(descriptor));
        else syncing.delete(String(descriptor));
      };
    }
    if (call.startsWith('rename')) return args.includes(`"${aside}"`) ? name : undefined;
    if (call === 'fsync' && args.includes(`<${directory}>`)) return () => void events.push({ kind: 'name synced' });
    if (!names.some((name) => args.includes(`<${name}>`))) return undefined;
    const mine = ++id;
    switch (call) {
      case 'lseek':
        return (position) => void positions.set(fd, position);
      case 'mmap':
        // What is only read through the mapping changes nothing.
        if (!/\bPROT_WRITE\b/.test(args)) return undefined;
        break;
      case 'write':
      case 'writev':
      case 'pwrite64':
      case 'pwritev': {
        const data = bytesOf(args);
        const placed = call.startsWith('p') ? Number(/, (\d+)\D*$/.exec(args)?.[1]) : undefined;
        const offset = placed ?? positions.get(fd) ?? Number.NaN;
        if (Number.isNaN(offset)) throw new Error(`where does this write to? ${args.slice(-80)}`);
        events.push({ kind: 'write', id: mine, offset, data });
        return (written) => {
          if (written !== data.length) throw new Error(`${call} wrote ${written} of ${data.length} bytes`);
          if (placed === undefined) positions.set(fd, offset + data.length);
          events.push({ kind: 'written', id: mine, synced: syncing.has(fd) });
        };
      }
      case 'fsync':
      case 'fdatasync':
        events.push({ kind: 'sync', id: mine });
        return () => void events.push({ kind: 'synced', id: mine });
    }
    throw new Error(`the record has a call that is not understood: ${call}(${args.slice(0, 200)}`);
  };
  for (const line of record.split('\n')) {
    const resumed = /^(\d+) +<\.\.\. \w+ resumed>.*= (-?\d+)/.exec(line);
    if (resumed) {
      open.get(resumed[1]!)?.(Number(resumed[2]));
      open.delete(resumed[1]!);
      continue;
    }
    const called = /^(\d+) +(\w+)\((.*?)(?: <unfinished \.\.\.>|\) += (-?\d+|0x[0-9a-f]+|\?).*)$/.exec(line);
    if (!called) continue;
    const [, thread, call, args, result] = called;
    const end = begin(call!, args!);
    if (!end) continue;
    if (result === undefined) open.set(thread!, end);
    else end(Number(result));
  }
  return events;
}

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** All quoted bytes of a call, in order. */
function bytesOf(args: string): Buffer {
  const quoted = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, bytes]) => bytes!.replaceAll('\\x', ''));
  return Buffer.from(quoted.join(''), 'hex');
}

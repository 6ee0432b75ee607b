import { malformed } from './arguments';

const WIDTH = { 4: 32, 6: 128 } as const;

/**
 * The first `count` blocks of `bits` host bits each inside a block: `10.0.0.0/16, 2, 8` gives `10.0.0.0/24` and
 * `10.0.1.0/24`. Throws `ValidationError` when they do not fit.
 */
export function cidrBlocks(block: string, count: number, bits: number | undefined): string[] {
  const [address = '', prefix = ''] = block.split('/');
  const version = address.includes(':') ? 6 : 4;
  const width = WIDTH[version];
  const size = bits ?? (version === 4 ? 8 : 64);
  const base = version === 4 ? parseV4(address) : parseV6(address);
  const mask = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  const fits =
    base !== undefined &&
    mask <= width &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= 256 &&
    Number.isInteger(size) &&
    size >= 1 &&
    size <= width - mask &&
    BigInt(count) <= 1n << BigInt(width - mask - size);
  if (!fits) throw malformed('Fn::Cidr');
  const first = (base >> BigInt(width - mask)) << BigInt(width - mask);
  return Array.from({ length: count }, (_, index) => {
    const start = first + (BigInt(index) << BigInt(size));
    return `${version === 4 ? formatV4(start) : formatV6(start)}/${width - size}`;
  });
}

function parseV4(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(address: string): bigint | undefined {
  const [head = '', tail, more] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

const formatV4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');

/** With the longest run of zeros left out, as RFC 5952 wants it. */
function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const full = groups.map((group) => group.toString(16)).join(':');
  const runs = full.match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return full;
  const at = full.search(new RegExp(`\\b${longest}\\b`));
  return `${full.slice(0, at).replace(/:$/, '')}::${full.slice(at + longest.length).replace(/^:/, '')}`;
}

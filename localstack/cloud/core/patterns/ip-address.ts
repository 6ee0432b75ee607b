import { InvalidPattern } from './invalid-pattern';

const IPV4 = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const IPV6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;

/** First and last address, as hexadecimal digits of one length. */
export type AddressRange = { readonly bottom: string; readonly top: string };

/** An IPv4 or IPv6 address as 8 or 32 hexadecimal digits; undefined when `text` is none. */
export function addressDigits(text: string): string | undefined {
  return IPV4.test(text) ? ipv4Digits(text) : IPV6.test(text) ? ipv6Digits(text) : undefined;
}

/** The addresses of a CIDR block. Throws `InvalidPattern` in Ruler's words. */
export function cidrRange(cidr: string): AddressRange {
  // Java's split drops empty strings at the end.
  const parts = cidr.replace(/\/+$/, '').split('/');
  if (parts.length !== 2) throw refuse("Malformed CIDR, one '/' required");
  const [address, mask] = parts as [string, string];
  if (!/^[+-]?\d{1,10}$/.test(mask) || Math.abs(Number(mask)) >= 2 ** 31) {
    throw refuse('Malformed CIDR, mask bits must be an integer');
  }
  const maskBits = Number(mask);
  if (maskBits < 0) throw refuse('Malformed CIDR, mask bits must not be negative');
  if (!IPV4.test(address) && !IPV6.test(address)) throw refuse(`Nonstandard IP address: ${address}`);
  const digits = addressDigits(address);
  if (digits === undefined) throw refuse(`Invalid IP address: ${address}`);
  if (digits.length === 8 && maskBits > 31) throw refuse('IPv4 mask bits must be < 32');
  if (maskBits > 127) throw refuse('IPv6 mask bits must be < 128');
  const variable = (1n << BigInt(digits.length * 4 - maskBits)) - 1n;
  const value = BigInt(`0x${digits}`);
  const hex = (number: bigint) => number.toString(16).padStart(digits.length, '0');
  return { bottom: hex(value & ~variable), top: hex(value | variable) };
}

// Ruler lets these through its JSON reader, so they carry no location.
const refuse = (reason: string) => new InvalidPattern(reason, { whileReading: false });

/** What Java reads as an IPv4 address, leading zeros included. */
const LONGEST_IPV4 = 15;
const OCTETS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

function ipv4Digits(text: string): string | undefined {
  if (text.length > LONGEST_IPV4) return undefined;
  let digits = '';
  let octet = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text.charCodeAt(at);
    if (char >= 0x30 && char <= 0x39) {
      octet = octet * 10 + char - 0x30;
      continue;
    }
    // A dot, or the end.
    if (octet > 255) return undefined;
    digits += OCTETS[octet];
    octet = 0;
  }
  return digits;
}

function ipv6Digits(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...tail];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return undefined;
  const zeros = Array<string>(8 - groups.length).fill('0');
  const digits = [...head, ...zeros, ...tail].map((group) => group.toLowerCase().padStart(4, '0')).join('');
  // Java reads an IPv4-mapped address as the IPv4 address.
  return digits.startsWith('00000000000000000000ffff') ? digits.slice(24) : digits;
}

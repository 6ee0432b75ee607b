/** Reflected CRCs as S3 takes them, big-endian. https://reveng.sourceforge.io/crc-catalogue/all.htm */
export const crc32 = makeCrc32(0xedb88320);
export const crc32c = makeCrc32(0x82f63b78);

function makeCrc32(polynomial: number): (bytes: Buffer) => Buffer {
  const table = new Int32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value;
  }
  return (bytes) => {
    let crc = -1;
    for (let at = 0; at < bytes.length; at++) crc = table[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
    const result = Buffer.alloc(4);
    result.writeInt32BE(~crc);
    return result;
  };
}

/** CRC-64/NVME, in two halves, as numbers have 53 bits and BigInts are slow. */
export function crc64nvme(bytes: Buffer): Buffer {
  let high = -1;
  let low = -1;
  for (let at = 0; at < bytes.length; at++) {
    const index = (low ^ bytes[at]!) & 255;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
    high = (high >>> 8) ^ HIGH[index]!;
  }
  const result = Buffer.alloc(8);
  result.writeInt32BE(~high, 0);
  result.writeInt32BE(~low, 4);
  return result;
}

const HIGH = new Int32Array(256);
const LOW = new Int32Array(256);
for (let index = 0; index < 256; index++) {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  HIGH[index] = Number(BigInt.asIntN(32, value >> 32n));
  LOW[index] = Number(BigInt.asIntN(32, value));
}

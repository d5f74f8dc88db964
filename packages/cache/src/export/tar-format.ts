/** Of the tar format (POSIX.1-2024, pax interchange): everything is in blocks of this many bytes. */
export const BLOCK = 512;
const MAX_OCTAL_SIZE = 0o77777777777;

/** The fields of a header. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** One character. `0` and NUL are plain files. */
  readonly type: string;
}

/** How many bytes fill up the last block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/**
 * The header of a plain file: ustar where name and size fit, else a pax header before it. Mode 0644, no owner, no time,
 * so that the same content makes the same archive.
 */
export function tarHeader(name: string, size: number): Buffer {
  const plain = Buffer.byteLength(name) <= 100 && size <= MAX_OCTAL_SIZE && isAscii(name);
  if (plain) return ustar(name, size, "0");
  const records = Buffer.from(paxRecord("path", name) + paxRecord("size", String(size)));
  const filled = Buffer.concat([records, Buffer.alloc(padding(records.length))]);
  const shown = size <= MAX_OCTAL_SIZE ? size : 0;
  return Buffer.concat([ustar("pax", records.length, "x"), filled, ustar("long-name", shown, "0")]);
}

/** The two empty blocks at the end. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

/** Reads a block. Undefined for an empty one. Throws a `TypeError` for an invalid header. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const stored = readNumber(block.subarray(148, 156));
  if (stored !== checksum(block)) throw new TypeError("a header's checksum is wrong");
  const magic = block.toString("latin1", 257, 262);
  const prefix = magic === "ustar" && block[262] === 0 ? readText(block.subarray(345, 500)) : "";
  const name = readText(block.subarray(0, 100));
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: readNumber(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** The records of a pax header. Throws a `TypeError` when they are malformed. */
export function readPaxRecords(data: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 || space > at + 10 ? "" : data.toString("latin1", at, space);
    const end = at + Number(digits);
    const line = data.toString("utf8", space + 1, end);
    const equals = line.indexOf("=");
    if (!/^[1-9][0-9]*$/.test(digits) || end > data.length || equals < 1 || !line.endsWith("\n")) {
      throw new TypeError("a pax header is malformed");
    }
    records.set(line.slice(0, equals), line.slice(equals + 1, -1));
    at = end;
  }
  return records;
}

function ustar(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, "utf8");
  block.write("0000644\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("00000000000\0", 136, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** The sum of all bytes, those of the checksum itself counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
  return sum;
}

function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Octal, or binary with the top bit set as GNU tar writes large sizes. */
function readNumber(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    const value = field.subarray(-8).readBigUInt64BE();
    const rest = field.subarray(1, -8);
    if (rest.some((byte) => byte !== 0) || value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new TypeError("a size is too large");
    }
    return Number(value);
  }
  const digits = readText(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw new TypeError("a number is malformed");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? field.length : end);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

import { badArchive } from "./manifest.ts";
import { BLOCK, padding, readPaxRecords, readTarHeader, type TarHeader } from "./tar-format.ts";

const MAX_PAX_BYTES = 1 << 20;

/** One plain file of an archive. Read its bytes before asking for the next file. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The plain files of a tar stream, in order and in constant memory. Folders are skipped. Links,
 * devices and other entries are refused with `cache/bad-archive`, and so is a truncated archive.
 * Names are as written: the caller decides which it wants, and the others are never created.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = createReader(source);
  let extended: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const header = await readHeader(reader);
    if (header === undefined) return;
    switch (header.type) {
      case "x": {
        extended = await readExtended(reader, header);
        break;
      }
      case "g": {
        await readExtended(reader, header);
        break;
      }
      case "5": {
        if (header.size !== 0) throw badArchive("a folder in it has content");
        extended = new Map();
        break;
      }
      case "0":
      case "\0": {
        const name = extended.get("path") ?? header.name;
        const size = readSize(extended.get("size")) ?? header.size;
        extended = new Map();
        let left = size;
        yield {
          name,
          size,
          content: (async function* () {
            while (left > 0) {
              const piece = await reader.some(left);
              left -= piece.length;
              yield piece;
            }
          })(),
        };
        if (left > 0) throw badArchive(`${JSON.stringify(name)} was not read to its end`);
        await reader.exactly(padding(size));
        break;
      }
      default:
        throw badArchive(
          `it holds ${JSON.stringify(header.name)}, which is no plain file (type ${JSON.stringify(header.type)})`,
        );
    }
  }
}

async function readHeader(reader: Reader): Promise<TarHeader | undefined> {
  const block = await reader.exactly(BLOCK);
  try {
    return readTarHeader(block);
  } catch (error) {
    throw badArchive("it is no tar archive, or damaged", error);
  }
}

async function readExtended(
  reader: Reader,
  { size }: TarHeader,
): Promise<ReadonlyMap<string, string>> {
  if (size > MAX_PAX_BYTES) throw badArchive("a header in it is too long");
  const data = await reader.exactly(size);
  await reader.exactly(padding(size));
  try {
    return readPaxRecords(data);
  } catch (error) {
    throw badArchive("a header in it is malformed", error);
  }
}

function readSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw badArchive("a size in it is malformed");
  return size;
}

interface Reader {
  /** At most `length` bytes, at least one. Throws at the end. */
  some(length: number): Promise<Buffer>;
  exactly(length: number): Promise<Buffer>;
}

function createReader(source: AsyncIterable<Uint8Array>): Reader {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  async function some(length: number): Promise<Buffer> {
    while (held.length === 0) {
      const { value, done } = await iterator.next();
      if (done === true) throw badArchive("it is cut off");
      held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const piece = held.subarray(0, length);
    held = held.subarray(piece.length);
    return piece;
  }
  return {
    some,
    async exactly(length) {
      const pieces: Buffer[] = [];
      for (let left = length; left > 0;) {
        const piece = await some(left);
        pieces.push(piece);
        left -= piece.length;
      }
      return pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
    },
  };
}

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { CacheError } from "../names/errors.ts";
import { fsError } from "../disk/fs-error.ts";
import { isHex } from "../names/is-hex.ts";

/** How the Hub names content: `sha256` for LFS and Xet files, `git-sha1` (a git blob id) for all others. */
export type DigestAlgorithm = "sha256" | "git-sha1";

/**
 * The digest of one blob's content. `hex` is lower-case and also the blob's file name in the cache.
 */
export interface Digest {
  readonly algorithm: DigestAlgorithm;
  readonly hex: string;
}

/** A running digest over bytes handed in order. */
export interface Digester {
  update(chunk: Uint8Array): void;
  /** Returns the lower-case hex digest and ends the digester. */
  digest(): string;
}

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, "git-sha1": 40 };
const READ_BYTES = 1 << 20;
/**
 * Bytes from one digest of a blob's beginning to the next (see `readProofRecord`): the piece that a repair fetches again
 * for one wrong byte.
 */
export const PROOF_STEP_BYTES: number = 4 << 20;

/**
 * Reads `sha256:<64 hex>` or `git-sha1:<40 hex>`, lower-case only. Throws `cache/invalid-digest`.
 */
export function parseDigest(text: string): Digest {
  const match = /^(?:(sha256):([0-9a-f]{64})|(git-sha1):([0-9a-f]{40}))$/.exec(text);
  if (match?.[2]) return { algorithm: "sha256", hex: match[2] };
  if (match?.[4]) return { algorithm: "git-sha1", hex: match[4] };
  throw invalidDigest(text);
}

/**
 * The digest in a blob's name: 64 lower-case hex digits are a sha256, 40 a git blob id. Otherwise
 * undefined.
 */
export function digestOfHex(hex: string): Digest | undefined {
  if (isHex(hex, 64)) return { algorithm: "sha256", hex };
  return isHex(hex, 40) ? { algorithm: "git-sha1", hex } : undefined;
}

/**
 * The inverse of `parseDigest`. Throws `cache/invalid-digest` for a hex that does not fit its
 * algorithm.
 */
export function formatDigest(digest: Digest): string {
  return `${digest.algorithm}:${checkDigest(digest).hex}`;
}

/** Returns the digest when algorithm and hex fit together, else throws `cache/invalid-digest`. */
export function checkDigest(digest: Digest): Digest {
  const length = Object.hasOwn(HEX_LENGTH, digest.algorithm) ? HEX_LENGTH[digest.algorithm] : -1;
  if (!isHex(digest.hex, length)) {
    throw invalidDigest(`${digest.algorithm}:${digest.hex}`);
  }
  return digest;
}

/**
 * A digester for content of `size` bytes. `git-sha1` is the sha1 of `blob <size>\0` and the
 * content, so it needs the size first. `sha256` does not use it.
 */
export function createDigester(algorithm: DigestAlgorithm, size: number): Digester {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new CacheError(`${size} is not a size in bytes`, "cache/size-mismatch", {
      hint: "Pass the file's size as a whole number of bytes.",
      data: { size },
    });
  }
  const hash = createHash(algorithm === "sha256" ? "sha256" : "sha1");
  if (algorithm === "git-sha1") hash.update(`blob ${size}\0`);
  return {
    update(chunk) {
      hash.update(chunk);
    },
    digest: () => hash.digest("hex"),
  };
}

/**
 * Digests a file in constant memory, following links. `onProgress` gets the bytes read so far. Throws
 * `cache/not-found`, `cache/not-readable`, `cache/damaged` when it is no regular file, `cache/size-mismatch` when its
 * length changes meanwhile, and the signal's reason when aborted.
 */
export async function digestFile(
  path: string,
  algorithm: DigestAlgorithm,
  options: {
    signal?: AbortSignal | undefined;
    onProgress?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<Digest> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  let file: FileHandle | undefined;
  try {
    file = await open(path, flags);
    const stats = await file.stat();
    if (!stats.isFile()) throw notAFile(path);
    const digester = createDigester(algorithm, stats.size);
    let [current, spare] = [Buffer.allocUnsafe(READ_BYTES), Buffer.allocUnsafe(READ_BYTES)];
    let total = 0;
    let pending = file.read(current, 0, READ_BYTES, null);
    for (;;) {
      const { bytesRead } = await pending;
      if (bytesRead === 0 || total > stats.size) break;
      signal?.throwIfAborted();
      // The disk reads the next block while this one is hashed.
      pending = file.read(spare, 0, READ_BYTES, null);
      pending.catch(() => {}); // seen at the next turn, which an abort may never reach
      digester.update(current.subarray(0, bytesRead));
      [current, spare] = [spare, current];
      total += bytesRead;
      onProgress?.(total);
    }
    if (total !== stats.size) {
      throw new CacheError(`${path} changed while it was read`, "cache/size-mismatch", {
        hint: "Run it again once nothing writes to this file.",
        data: { path, expected: stats.size, actual: total },
      });
    }
    return { algorithm, hex: digester.digest() };
  } catch (error) {
    throw fsError(error, path, "read");
  } finally {
    await file?.close();
  }
}

function invalidDigest(text: string): CacheError {
  return new CacheError(`${JSON.stringify(text)} is not a digest`, "cache/invalid-digest", {
    hint: "A digest is sha256:<64 lower-case hex> or git-sha1:<40 lower-case hex>.",
    data: { digest: text },
  });
}

function notAFile(path: string): CacheError {
  return new CacheError(`${path} is not a regular file`, "cache/damaged", {
    hint: "Move it out of the way and run again.",
    data: { path },
  });
}

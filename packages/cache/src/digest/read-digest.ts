import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { type DigestAlgorithm, PROOF_STEP_BYTES } from "./digest.ts";
import { errnoOf } from "../disk/errno.ts";

/** The digest of one file, or why it could not be read (the system's code, if it gave one). */
export type FileDigest =
  | { readonly type: "digest"; readonly hex: string; readonly beginnings: readonly string[] }
  | { readonly type: "failed"; readonly errno: string | undefined; readonly message: string };

// Small enough to stay in the core's own cache between the read and the hash, large enough for few calls.
const READ_BYTES = 512 << 10;
const TELL_BYTES = 32 << 20;
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
let buffer: Buffer | undefined;

/**
 * Digests a file in steps of at most 32 MiB. Each step yields the number of bytes read and blocks
 * the thread. Never throws. Run one at a time per thread: all share one buffer within a step.
 */
export function* readDigest(
  path: string,
  algorithm: DigestAlgorithm,
): Generator<number, FileDigest, undefined> {
  try {
    return yield* digest(path, algorithm);
  } catch (error) {
    return { type: "failed", errno: errnoOf(error), message: (error as Error).message };
  }
}

function* digest(
  path: string,
  algorithm: DigestAlgorithm,
): Generator<number, FileDigest, undefined> {
  buffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
  const file = openSync(path, FLAGS);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("it is no regular file");
    const hash = createHash(algorithm === "sha256" ? "sha256" : "sha1");
    if (algorithm === "git-sha1") hash.update(`blob ${stats.size}\0`);
    const beginnings: string[] = [];
    let at = 0;
    let told = 0;
    for (;;) {
      const length = Math.min(READ_BYTES, PROOF_STEP_BYTES - (at % PROOF_STEP_BYTES));
      const bytes = readSync(file, buffer, 0, length, null);
      if (bytes === 0) break;
      hash.update(buffer.subarray(0, bytes));
      at += bytes;
      if (at % PROOF_STEP_BYTES === 0 && at < stats.size) {
        beginnings.push(hash.copy().digest("hex").slice(0, 16));
      }
      if (at - told >= TELL_BYTES) {
        yield at - told;
        told = at;
      }
    }
    yield at - told;
    return { type: "digest", hex: hash.digest("hex"), beginnings };
  } finally {
    closeSync(file);
  }
}

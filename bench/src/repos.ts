import { createHash, randomFillSync } from "node:crypto";
import { mkdirSync, openSync, closeSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file that is served. */
export interface ServedFile {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** A repo that is served. */
export interface ServedRepo {
  readonly repoId: string;
  readonly files: readonly ServedFile[];
}

/** The repos of a benchmark. */
export interface Repos {
  /** One LFS file. */
  readonly one: ServedRepo;
  /** Sixty files that are not in LFS. */
  readonly small: ServedRepo;
  /** Eight LFS files. */
  readonly shards: ServedRepo;
  /** Five repos of one LFS file. */
  readonly five: readonly ServedRepo[];
}

/** Bytes that {@link writeRepos} needs. */
export function reposBytes(quick: boolean): number {
  const { one, shard, model } = sizes(quick);
  return one + 8 * shard + 5 * model + 60 * 40_000;
}

/** Writes random files below `root` as `<org>/<name>/<path>`. */
export function writeRepos(root: string, quick: boolean): Repos {
  const { one, shard, model } = sizes(quick);
  const repo = (name: string, files: readonly (readonly [string, number])[]): ServedRepo => ({
    repoId: `bench/${name}`,
    files: files.map(([path, size]) => ({
      path,
      size,
      sha256: writeRandom(join(root, "bench", name, path), size),
    })),
  });
  const two = (index: number): string => String(index).padStart(2, "0");
  return {
    one: repo("one-file", [["weights.bin", one]]),
    small: repo(
      "small-files",
      Array.from({ length: 60 }, (_, index) => [`part-${two(index)}.json`, 1000 + index * 600]),
    ),
    shards: repo(
      "eight-shards",
      Array.from({ length: 8 }, (_, index) => [`weights-${two(index)}.bin`, shard]),
    ),
    five: Array.from({ length: 5 }, (_, index) => repo(`model-${index}`, [["weights.bin", model]])),
  };
}

function sizes(quick: boolean): { one: number; shard: number; model: number } {
  const mebibyte = 1024 * 1024;
  return quick
    ? { one: 24 * mebibyte, shard: mebibyte, model: mebibyte }
    : { one: 1024 * mebibyte, shard: 256 * mebibyte, model: 256 * mebibyte };
}

function writeRandom(path: string, size: number): string {
  mkdirSync(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const piece = Buffer.alloc(Math.min(size, 1024 * 1024));
  const file = openSync(path, "w");
  try {
    for (let left = size; left > 0; left -= piece.byteLength) {
      const part = randomFillSync(piece).subarray(0, left);
      hash.update(part);
      writeSync(file, part);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

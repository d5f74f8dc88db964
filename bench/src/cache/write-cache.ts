import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** A commit that no other name has. */
const commitOf = (name: string): string => createHash("sha1").update(name).digest("hex");

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Writes a cache as any client leaves it: `repos` repos of `files` small blobs each, with refs and listings. */
export function writeSmallCache(cacheDir: string, repos: number, files: number): void {
  for (let index = 0; index < repos; index += 1) {
    const name = `model-${String(index).padStart(4, "0")}`;
    const contents = Array.from({ length: files }, (_, at) => ({
      path: `model-${String(at).padStart(5, "0")}-of-${files}.safetensors`,
      hex: sha256(`${name}/${at}`),
      size: 100 + at,
    }));
    const repo = writeRepo(cacheDir, `bench/${name}`, contents);
    for (const { hex, size } of contents) writeFileSync(join(repo, "blobs", hex), "x".repeat(size));
  }
}

/** Writes one repo of `files` blobs of `size` bytes that are what their names say. */
export function writeLargeRepo(cacheDir: string, files: number, size: number): string {
  const repoId = "bench/large";
  const block = Buffer.alloc(1 << 20);
  const contents = Array.from({ length: files }, (_, at) => {
    const hash = createHash("sha256");
    const path = join(cacheDir, `blob-${at}`);
    mkdirSync(cacheDir, { recursive: true });
    const file = openSync(path, "w");
    for (let done = 0; done < size; done += block.length) {
      for (let word = 0; word < block.length; word += 4096)
        block.writeUInt32LE(done + at + word, word);
      const part = block.subarray(0, Math.min(block.length, size - done));
      hash.update(part);
      writeSync(file, part);
    }
    closeSync(file);
    return { path, hex: hash.digest("hex") };
  });
  const names = contents.map(({ hex }, at) => ({
    path: `model-${at + 1}.safetensors`,
    hex,
    size,
  }));
  const repo = writeRepo(cacheDir, repoId, names);
  for (const { path, hex } of contents) renameSync(path, join(repo, "blobs", hex));
  return repoId;
}

function writeRepo(
  cacheDir: string,
  repoId: string,
  contents: readonly { readonly path: string; readonly hex: string; readonly size: number }[],
): string {
  const repo = join(cacheDir, `models--${repoId.replace("/", "--")}`);
  const commit = commitOf(repoId);
  const snapshot = join(repo, "snapshots", commit);
  for (const folder of [snapshot, join(repo, "blobs"), join(repo, "refs"), join(repo, "trees")]) {
    mkdirSync(folder, { recursive: true });
  }
  const files: Record<string, unknown> = {};
  for (const { path, hex, size } of contents) {
    symlinkSync(`../../blobs/${hex}`, join(snapshot, path));
    files[path] = { size, blob_id: commitOf(path), lfs_sha256: hex, lfs_size: size };
  }
  writeFileSync(join(repo, "refs", "main"), commit);
  const record = JSON.stringify({ format_version: 1, files });
  writeFileSync(join(repo, "trees", `${commit}.json`), record);
  return repo;
}

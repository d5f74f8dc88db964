import { createDigester } from "./digest.ts";

/** The git object id of the LFS pointer file for these bytes (git-lfs spec v1), which a tree has as the file's own. */
export function lfsPointerId(sha256: string, size: number): string {
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`,
  );
  const digester = createDigester("git-sha1", pointer.byteLength);
  digester.update(pointer);
  return digester.digest();
}

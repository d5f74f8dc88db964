import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { GOLDEN } from "../../test/golden-model.ts";
import { codeOf } from "../../test/codes.ts";
import { createDigester, digestFile, formatDigest, parseDigest } from "./digest.ts";

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from("0123456789abcdef")),
    minLength: length,
    maxLength: length,
  });

test("a digest survives being written and read back", () => {
  fc.assert(
    fc.property(hex(64), hex(40), (sha256, sha1) => {
      expect(formatDigest(parseDigest(`sha256:${sha256}`))).toBe(`sha256:${sha256}`);
      expect(formatDigest(parseDigest(`git-sha1:${sha1}`))).toBe(`git-sha1:${sha1}`);
    }),
  );
});

test.each([
  "",
  "sha256:",
  `sha256:${"a".repeat(63)}`,
  `sha256:${"A".repeat(64)}`,
  `sha256:${"a".repeat(40)}`,
  `git-sha1:${"a".repeat(64)}`,
  `md5:${"a".repeat(32)}`,
  `sha256:${"a".repeat(64)}\n`,
  "sha256:../../../evil",
])("%j is no digest", async (text) => {
  expect(await codeOf(() => parseDigest(text))).toBe("cache/invalid-digest");
});

test("a digest of another algorithm's length cannot be written", async () => {
  for (const algorithm of ["sha256", "git-sha1", "toString"] as const) {
    const digest = { algorithm: algorithm as "sha256", hex: "abc" };
    expect(await codeOf(() => formatDigest(digest))).toBe("cache/invalid-digest");
  }
});

test.each(GOLDEN)("$file.path has the digest that git and the Hub gave it", ({ file, content }) => {
  const digester = createDigester(file.digest.algorithm, file.size);
  for (const byte of content) digester.update(Uint8Array.of(byte));
  expect(digester.digest()).toBe(file.digest.hex);
});

test.each([-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])(
  "%d bytes is no size to digest",
  async (size) => {
    expect(await codeOf(() => createDigester("git-sha1", size))).toBe("cache/size-mismatch");
  },
);

test("a file of several read blocks has the digest of its bytes, and progress ends at its size", async () => {
  const path = join(await tempDir(), "file");
  const content = Buffer.alloc(2_500_000, "0123456789");
  await writeFile(path, content);
  const expected = createDigester("sha256", content.length);
  expected.update(content);
  const progress: number[] = [];
  const digest = await digestFile(path, "sha256", { onProgress: (bytes) => progress.push(bytes) });
  expect(digest.hex).toBe(expected.digest());
  expect(progress.at(-1)).toBe(content.length);
  expect(progress.length).toBeGreaterThan(1);
});

test("an abort stops the reading with its reason", async () => {
  const path = join(await tempDir(), "file");
  await writeFile(path, Buffer.alloc(4_000_000));
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = (): void => controller.abort(reason);
  const work = digestFile(path, "sha256", { signal: controller.signal, onProgress });
  await expect(work).rejects.toBe(reason);
});

test("a path that is not a readable file has a code of its own", async () => {
  const directory = await tempDir();
  await mkdir(join(directory, "folder"));
  expect(await codeOf(() => digestFile(join(directory, "none"), "sha256"))).toBe("cache/not-found");
  expect(await codeOf(() => digestFile(join(directory, "folder"), "sha256"))).toBe("cache/damaged");
});

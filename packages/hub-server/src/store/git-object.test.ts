import { expect, test } from "vitest";
import { memoryBlob } from "./blob-source.ts";
import { digestBlob, gitBlobId, lfsPointer } from "./git-object.ts";

test("digests are git's and sha256's", async () => {
  expect(gitBlobId("# tiny\n")).toBe("8e2e871357bef652084a73f7173adc5eb8859a33");
  expect(await digestBlob(memoryBlob(Buffer.from("hello\n")), "git-sha1")).toBe(
    "ce013625030ba8dba906f756967f9e9ca394464a",
  );
  expect(await digestBlob(memoryBlob(new Uint8Array()), "sha256")).toMatch(/^e3b0c44298fc1c14/);
});

test("an LFS file's git id is that of its pointer", () => {
  const sha256 = "914218289910ff881b5c3dcad3c27b2df30a6de51b699be8d22264136c1ead90";
  const pointer = lfsPointer(sha256, 100);
  expect(pointer).toHaveLength(128);
  expect(gitBlobId(pointer)).toBe("07a046077f0a58beea34706f87b35e177709d581");
});

import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, publishGolden } from "../../test/golden-model.ts";
import { PROOF_STEP_BYTES } from "../digest/digest.ts";
import { readProofRecord, repoProofs, writeProofRecord } from "./proof-record.ts";
import { writeTreeRecord } from "./tree-record.ts";
import { noteVerified, readVerified } from "./verified-record.ts";
import { listViews, recordView } from "./view-record.ts";

// Records are believed only for the content they describe.

const digest = { algorithm: "sha256", hex: "a".repeat(64) } as const;

test("a record of beginnings is of one blob of one size", async () => {
  const layout = await publishGolden(await tempDir());
  const folder = repoProofs(layout);
  const blob = { digest, size: 2 * PROOF_STEP_BYTES };
  await writeProofRecord(folder, blob, ["0123456789abcdef"]);
  expect(await readProofRecord(folder, blob)).toEqual(["0123456789abcdef"]);
  expect(await readProofRecord(folder, { digest, size: blob.size - 1 })).toBeUndefined();
});

test("a note of a verification that lies in the future is not believed", async () => {
  const layout = await publishGolden(await tempDir());
  const folder = repoProofs(layout);
  const file = await stat(join(layout.cacheDir, "CACHEDIR.TAG"));
  await noteVerified(folder, digest.hex, file);
  expect((await readVerified(folder))(digest.hex, file)).toBe(true);
  const path = join(folder.directory, "verified");
  const [, ...facts] = (await readFile(path, "utf8")).split(" ");
  await writeFile(path, [Date.now() + 3_600_000, ...facts].join(" "));
  expect((await readVerified(folder))(digest.hex, file)).toBe(false);
});

test("a listing with an entry that is not sound is not written", async () => {
  const layout = await publishGolden(await tempDir());
  const [first] = FILES;
  const bad = [{ ...first, path: "../evil" }] as typeof FILES;
  expect(await codeOf(() => writeTreeRecord(layout, COMMIT, bad))).toBe("cache/unsafe-path");
});

test("a view whose folder is a file now is none", async () => {
  const layout = await publishGolden(await tempDir());
  const path = join(await tempDir(), "view");
  await recordView(layout, { path, commit: COMMIT, method: "copy", createdAt: 1 });
  expect(await listViews(layout)).toEqual([]);
  await writeFile(path, "");
  expect(await listViews(layout)).toEqual([]);
  await rm(path);
});

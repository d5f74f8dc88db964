import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, golden, publishGolden } from "../../test/golden-model.ts";
import { blobPath } from "../names/layout.ts";
import { planPrune } from "../removal/plan-prune.ts";
import { isFileOfSize } from "./inspect-files.ts";
import { inspectUnlisted } from "./inspect-unlisted.ts";
import { scanCache } from "./scan-cache.ts";

// Caches written by older clients and by clients in other languages.

test("the version files of transformers and diffusers, and the locks of hf-hub 0.5, are no oddities", async () => {
  const layout = await publishGolden(await tempDir());
  await writeFile(join(layout.cacheDir, "version.txt"), "1");
  await writeFile(join(layout.cacheDir, "version_diffusers_cache.txt"), "1");
  for (const hex of ["a".repeat(40), "b".repeat(64)]) {
    await writeFile(`${blobPath(layout, hex)}.lock`, "");
  }
  const scan = await scanCache(layout.cacheDir);
  expect([...scan.findings, ...scan.repos.flatMap(({ findings }) => findings)]).toEqual([]);
  expect((await planPrune(layout.cacheDir, { graceMs: 0 })).repos).toEqual([]);
  await writeFile(join(layout.blobsDir, "notes.lock"), "");
  const odd = await scanCache(layout.cacheDir);
  expect(odd.repos[0]?.findings.map(({ code }) => code)).toContain("odd-blob-name");
});

test("an unfinished blob counts until it, or a later try at it, is whole", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(layout.treesDir, { recursive: true });
  const { hex } = golden("model.safetensors").file.digest;
  await writeFile(`${blobPath(layout, hex)}.06d762e2.incomplete`, "half");
  expect(inspectUnlisted(layout, COMMIT)).toMatchObject({ missing: [], unfinished: 0 });
  const other = blobPath(layout, "c".repeat(64));
  await writeFile(`${other}.11111111.incomplete`, "half");
  await writeFile(`${other}.22222222.incomplete`, "half");
  await writeFile(`${blobPath(layout, "d".repeat(64))}.incomplete`, "half");
  expect(inspectUnlisted(layout, COMMIT)).toMatchObject({ unfinished: 2 });
  for (const end of ["sync.part", "part"]) {
    await writeFile(`${blobPath(layout, "e".repeat(64))}.${end}`, "half");
  }
  expect(inspectUnlisted(layout, COMMIT)).toMatchObject({ unfinished: 3 });
  expect(inspectUnlisted(layout, "e".repeat(40))).toBeUndefined();
});

test("what hf-hub left unfinished is a leftover, as Python's is, and prune takes it", async () => {
  const layout = await publishGolden(await tempDir());
  const names = ["a", "b"].map((digit) => digit.repeat(64));
  const paths = [`${names[0]}.sync.part`, `${names[1]}.part`].map((name) =>
    join(layout.blobsDir, name),
  );
  for (const path of paths) await writeFile(path, "half");
  const { repos } = await scanCache(layout.cacheDir);
  expect(repos[0]?.findings.map(({ code, path }) => [code, path])).toEqual(
    paths.map((path) => ["leftover", path]),
  );
  const plan = await planPrune(layout.cacheDir, { graceMs: 0 });
  expect(plan.repos[0]?.leftovers.map(({ path }) => path).toSorted()).toEqual(paths);
});

test("a folder is no file, whatever length it has", async () => {
  const folder = join(await tempDir(), "folder");
  await mkdir(folder);
  expect(isFileOfSize(folder, (await stat(folder)).size)).toBe(false);
});

import { lstat, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, FILES, publishGolden } from "../../test/golden-model.ts";
import { blobPath, repoLayout, type RepoLayout } from "../names/layout.ts";
import { prepareRepo } from "../publish/prepare-repo.ts";
import { publishFile } from "../publish/publish-file.ts";
import { planEviction } from "../removal/plan-eviction.ts";
import { planRemoval } from "../removal/plan-removal.ts";
import { writeRef } from "../records/ref.ts";
import { writeTreeRecord } from "../records/tree-record.ts";
import { makeView, removeView, viewPath } from "./make-view.ts";
import { listViews } from "../records/view-record.ts";

const SNAPSHOT = { revision: "main", commit: COMMIT };

/** A model with one file large enough to be shared. */
async function publishLarge(): Promise<{ layout: RepoLayout; hex: string }> {
  const layout = repoLayout(await tempDir(), "acme/large");
  const content = Buffer.alloc(1_500_000, "weights ");
  const hex = createHash("sha256").update(content).digest("hex");
  const file = {
    path: "model.safetensors",
    size: content.length,
    digest: { algorithm: "sha256", hex },
    blobId: "0".repeat(40),
  } as const;
  await prepareRepo(layout);
  const from = join(layout.partialDir, "large.tmp");
  await writeFile(from, content);
  await publishFile(layout, { commit: COMMIT, file, from }, { symlinks: true });
  await writeTreeRecord(layout, COMMIT, [file]);
  await writeRef(layout, "main", COMMIT);
  return { layout, hex };
}

test("each program's layout has its place", () => {
  expect(viewPath("/m", "org/name", "lmstudio")).toBe("/m/org/name");
  expect(viewPath("/m", "org/name", "org/name")).toBe("/m/org/name");
  expect(viewPath("/m", "org/name", "flat")).toBe("/m/name");
  expect(viewPath("/m", "gpt2", "flat")).toBe("/m/gpt2");
  expect(viewPath("/m", "gpt2", "lmstudio")).toBe("/m/models/gpt2");
});

test("a view is plain files, remembered by its repo, and goes without a trace", async () => {
  const layout = await publishGolden(await tempDir());
  const root = await tempDir();
  const target = viewPath(root, "acme/tiny", "lmstudio");
  await makeView(layout, SNAPSHOT, { target });
  for (const { path, size } of FILES) {
    const stats = await lstat(join(target, path));
    expect([stats.isFile(), stats.size]).toEqual([true, size]);
  }
  await makeView(layout, SNAPSHOT, { target });
  expect(await listViews(layout)).toMatchObject([{ path: target, commit: COMMIT }]);
  expect(
    (await planRemoval(layout.cacheDir, [{ repoId: "acme/tiny" }])).repos[0]?.views,
  ).toHaveLength(1);
  expect(await removeView(layout.cacheDir, target)).toEqual({ repoId: "acme/tiny", gone: true });
  expect(await readdir(join(root, "acme"))).toEqual([]);
  expect(await listViews(layout)).toEqual([]);
});

test("small files are copies, large ones take no second place on the disk", async () => {
  const { layout, hex } = await publishLarge();
  const target = join(await tempDir(), "view");
  const { method } = await makeView(layout, SNAPSHOT, { target });
  const blob = await stat(blobPath(layout, hex));
  const file = await stat(join(target, "model.safetensors"));
  // The temp folders may be on a file system with or without clones, and on one or two of them.
  if (method === "hard-link") expect([file.ino, blob.nlink]).toEqual([blob.ino, 2]);
  else expect(file.ino).not.toBe(blob.ino);
  const copied = join(await tempDir(), "copy");
  expect(await makeView(layout, SNAPSHOT, { target: copied, share: false })).toMatchObject({
    method: "copy",
  });
});

test("removal knows which bytes live on in a view, and eviction leaves them", async () => {
  const { layout } = await publishLarge();
  const target = join(await tempDir(), "view");
  const { method } = await makeView(layout, SNAPSHOT, { target });
  const plan = await planRemoval(layout.cacheDir, [{ repoId: "acme/large" }]);
  const held = method === "hard-link" ? 1_500_000 : 0;
  expect(plan.repos[0]?.heldBytes).toBe(held);
  const eviction = await planEviction(layout.cacheDir, { maxBytes: 0 });
  expect(eviction.kept.map(({ reason }) => reason)).toEqual(held > 0 ? ["linked"] : []);
});

test("foreign files in a view survive its removal, and foreign folders are not touched", async () => {
  const layout = await publishGolden(await tempDir());
  const target = join(await tempDir(), "view");
  await makeView(layout, SNAPSHOT, { target });
  await writeFile(join(target, "sub", "notes"), "mine");
  expect(await removeView(layout.cacheDir, target)).toMatchObject({ gone: false });
  expect(await readdir(target)).toEqual(["sub"]);
  expect(await readFile(join(target, "sub", "notes"), "utf8")).toBe("mine");
  expect(await codeOf(() => makeView(layout, SNAPSHOT, { target }))).toBe("cache/not-ours");
  expect(await codeOf(() => removeView(layout.cacheDir, target))).toBe("cache/not-ours");
  const empty = join(await tempDir(), "empty");
  await mkdir(empty);
  await makeView(layout, SNAPSHOT, { target: empty });
  expect(await readdir(empty)).toContain("config.json");
});

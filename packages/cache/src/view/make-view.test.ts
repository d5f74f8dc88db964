import { lstat, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
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
import { missingFromView } from "./missing-from-view.ts";
import { makeView, removeView, viewPath } from "./make-view.ts";
import { listViews } from "../records/view-record.ts";

const SNAPSHOT = { revision: "main", commit: COMMIT };

/** A model of small files. */
async function publishTexts(
  layout: RepoLayout,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await prepareRepo(layout);
  const files = [];
  for (const [path, text] of Object.entries(texts)) {
    const hex = createHash("sha256").update(text).digest("hex");
    const digest = { algorithm: "sha256", hex } as const;
    const file = { path, size: text.length, digest, blobId: "0".repeat(40) };
    const from = join(layout.partialDir, `${hex}.tmp`);
    await writeFile(from, text);
    await publishFile(layout, { commit: COMMIT, file, from }, { symlinks: true });
    files.push(file);
  }
  await writeTreeRecord(layout, COMMIT, files);
  await writeRef(layout, "main", COMMIT);
}

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
  expect(viewPath("/m", "org/name", "jan")).toBe("/m/org/name");
  expect(viewPath("/m", "gpt2", "jan")).toBe("/m/gpt2");
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

test("Jan's view has a model.yml that leads to the weights by an absolute path, and goes without a trace", async () => {
  const { layout } = await publishLarge();
  const root = join(await tempDir(), 'a "quoted" folder');
  const target = viewPath(root, "acme/large", "jan");
  await makeView(layout, SNAPSHOT, { target, program: "jan" });
  const lines = (await readFile(join(target, "model.yml"), "utf8")).trimEnd().split("\n");
  expect(lines).toEqual([
    `model_path: ${JSON.stringify(join(target, "model.safetensors"))}`,
    `name: "acme/large"`,
    "size_bytes: 1500000",
  ]);
  const [view] = await listViews(layout);
  expect(view).toMatchObject({ path: target, layout: "jan" });
  await rm(join(target, "model.yml"));
  expect(await missingFromView({ path: target })).toEqual(["model.yml"]);
  await makeView(layout, SNAPSHOT, { target, program: "jan" });
  expect(await missingFromView({ path: target })).toEqual([]);
  expect(await removeView(layout.cacheDir, target)).toMatchObject({ gone: true });
});

test("Jan is told of a model that sees images, and no view is made of one without weights", async () => {
  const bare = repoLayout(await tempDir(), "acme/bare");
  await publishTexts(bare, { "config.json": "{}" });
  const target = join(await tempDir(), "view");
  expect(await codeOf(() => makeView(bare, SNAPSHOT, { target, program: "jan" }))).toBe(
    "cache/not-found",
  );
  expect(await readdir(join(target, ".."))).toEqual([]);
  const seeing = repoLayout(await tempDir(), "acme/sees");
  await publishTexts(seeing, {
    "config.json": JSON.stringify({ vision_config: {} }),
    "model-00001-of-00002.safetensors": "one",
    "model-00002-of-00002.safetensors": "second",
    "model.yml": "model_path: /somewhere/else\n",
  });
  await makeView(seeing, SNAPSHOT, { target, program: "jan" });
  const text = await readFile(join(target, "model.yml"), "utf8");
  const first = JSON.stringify(join(target, "model-00001-of-00002.safetensors"));
  expect(text).toContain(`model_path: ${first}\n`);
  expect(text).toContain(`size_bytes: 9\nmmproj_path: ${first}\ncapabilities:\n  - vision\n`);
  expect(await missingFromView({ path: target })).toEqual([]);
});

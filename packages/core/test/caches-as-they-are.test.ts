import { cp, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { findCached, lookUpCached } from "../src/download/find-cached.ts";
import { verifyModels } from "../src/repair/verify-models.ts";
import { failure, type Road, startRoad } from "./fixture.ts";

// The layouts that other programs leave in a Hugging Face cache, as their bug trackers and sources show them in 2026.

const REPO = "acme/tiny";
const MODEL = {
  ".gitattributes": "*.safetensors filter=lfs\n",
  "README.md": "# tiny\n",
  "config.json": '{"model_type":"llama"}\n',
  "model.safetensors": { size: 1_500_000, seed: 3 },
} as const;

interface Stored extends Road {
  readonly commit: string;
  readonly repoDir: string;
  readonly snapshot: string;
  /** What `path` says: the path, or why there is none. */
  readonly path: () => Promise<string>;
  /** What an offline `get` says. */
  readonly offline: () => Promise<string>;
}

/** A cache with the model, changed by `change` as some other program would have written it. */
async function stored(
  change: (about: { repoDir: string; snapshot: string; cacheDir: string }) => Promise<unknown>,
  model: Record<string, string | { size: number; seed: number }> = MODEL,
): Promise<Stored> {
  const road = await startRoad();
  const { commit } = await road.hub.addRepo(REPO, model);
  await road.get(REPO);
  const repoDir = join(road.cacheDir, "models--acme--tiny");
  const snapshot = join(repoDir, "snapshots", commit);
  await change({ repoDir, snapshot, cacheDir: road.cacheDir });
  road.hub.log.clear();
  const where = { env: {}, cacheDir: road.cacheDir };
  return {
    ...road,
    commit,
    repoDir,
    snapshot,
    async path() {
      const { snapshot: found, missing, why } = await lookUpCached(REPO, where);
      return found?.path ?? `no: ${why ?? missing.join(" ")}`;
    },
    offline: () =>
      road.get(REPO, { offline: true }).then(
        ({ path }) => path,
        (error: unknown) => `no: ${(error as Error).message}`,
      ),
  };
}

const withoutTrees = (repoDir: string): Promise<void> =>
  rm(join(repoDir, "trees"), { recursive: true });

async function removeFile(snapshot: string, path: string): Promise<void> {
  const entry = join(snapshot, path);
  const blob = join(dirname(entry), await readlink(entry));
  await rm(entry);
  await rm(blob);
}

describe("path and an offline get give the same", () => {
  const given: Record<string, Parameters<typeof stored>[0]> = {
    "of a model without a listing (huggingface_hub before 1.22, Swift, Rust)": ({ repoDir }) =>
      withoutTrees(repoDir),
    "of a model that mlx-lm fetched by its patterns, with the full listing": async ({
      snapshot,
    }) => {
      await removeFile(snapshot, "README.md");
      await removeFile(snapshot, ".gitattributes");
    },
    "of plain files without blobs": async ({ repoDir, snapshot }) => {
      await withoutTrees(repoDir);
      await cp(snapshot, `${snapshot}.plain`, { recursive: true, dereference: true });
      await rm(snapshot, { recursive: true });
      await rename(`${snapshot}.plain`, snapshot);
      await rm(join(repoDir, "blobs"), { recursive: true });
    },
    "beside an unfinished blob of some other file, where the weights are whole": async ({
      repoDir,
    }) => {
      await withoutTrees(repoDir);
      await writeFile(join(repoDir, "blobs", `${"a".repeat(64)}.06d762e2.incomplete`), "half");
    },
  };

  test.each(Object.entries(given))("%s", async (_name, change) => {
    const { path, offline, snapshot, hub, events } = await stored(change);
    expect([await path(), await offline()]).toEqual([snapshot, snapshot]);
    expect(events.some((event) => event.type === "warning")).toBe(true);
    expect(hub.log.entries).toEqual([]);
  });

  const refused: Record<string, [Parameters<typeof stored>[0], RegExp]> = {
    "a killed run that left only the small files": [
      async ({ repoDir, snapshot }) => {
        await withoutTrees(repoDir);
        await removeFile(snapshot, "model.safetensors");
        await writeFile(join(repoDir, "blobs", `${"b".repeat(64)}.incomplete`), "half");
      },
      /no weights/,
    ],
    "a snapshot of dangling links, its blobs gone, its locks left": [
      async ({ repoDir, cacheDir }) => {
        await withoutTrees(repoDir);
        await rm(join(repoDir, "blobs"), { recursive: true });
        await mkdir(join(cacheDir, ".locks/models--acme--tiny"), { recursive: true });
        await writeFile(join(cacheDir, ".locks/models--acme--tiny", "a.lock"), "");
      },
      /model\.safetensors|4 files/,
    ],
    "a listed snapshot without its weights": [
      ({ snapshot }) => removeFile(snapshot, "model.safetensors"),
      /model\.safetensors/,
    ],
    "a snapshot under the name of a branch": [
      async ({ repoDir, snapshot }) => {
        await rename(snapshot, join(dirname(snapshot), "main"));
        await rm(join(repoDir, "refs"), { recursive: true });
      },
      /snapshots\/main holds 4 files/,
    ],
    "plain files in the repo's folder": [
      async ({ repoDir, snapshot }) => {
        await cp(snapshot, `${repoDir}.plain`, { recursive: true, dereference: true });
        await rm(repoDir, { recursive: true });
        await rename(`${repoDir}.plain`, repoDir);
      },
      /no: $|not in the cache/,
    ],
  };

  test.each(Object.entries(refused))("and refuse %s", async (_name, [change, words]) => {
    const { path, offline } = await stored(change);
    expect(await path()).toMatch(words);
    expect(await offline()).toMatch(words);
  });
});

test("documentation that a pattern asks for is missed", async () => {
  const { cacheDir } = await stored(({ snapshot }) => removeFile(snapshot, "README.md"));
  const where = { env: {}, cacheDir };
  expect(await findCached(REPO, where)).toMatchObject({
    warning: "README.md is not in the cache. The model still loads",
  });
  expect(await findCached(REPO, { ...where, preset: "mlx" })).toBeDefined();
  expect(await findCached(REPO, { ...where, include: ["README.md"] })).toBeUndefined();
  expect(await findCached(REPO, { ...where, include: ["*.md", "config.json"] })).toBeUndefined();
});

test("an adapter that stands alone, or a tokenizer, is given when it is named", async () => {
  const { cacheDir } = await stored(async ({ repoDir, snapshot }) => {
    await withoutTrees(repoDir);
    await removeFile(snapshot, "model.safetensors");
  });
  const where = { env: {}, cacheDir };
  expect(await findCached(REPO, { ...where, include: "config.json" })).toBeDefined();
  expect(await findCached(REPO, { ...where, include: "*.gguf" })).toBeUndefined();
});

test("a pattern as other tools write it means the same with a listing and without", async () => {
  for (const change of [
    async () => {},
    ({ repoDir }: { repoDir: string }) => withoutTrees(repoDir),
  ]) {
    const { cacheDir, snapshot } = await stored(change);
    for (const include of ["./config.json", "*.{json,txt}", "config.json,README.md"]) {
      const found = await findCached(REPO, { env: {}, cacheDir, include });
      expect(found?.path, include).toBe(snapshot);
    }
  }
});

test("a repo beside hub/ is named, and its bytes are copied instead of fetched", async () => {
  const { get, hub, cacheDir, commit } = await stored(async ({ cacheDir: hubDir, repoDir }) => {
    await rename(repoDir, join(dirname(hubDir), "models--acme--tiny"));
  });
  const error = await failure(get(REPO, { offline: true }));
  expect(error.hint).toContain(`cacheDir: ${JSON.stringify(dirname(cacheDir))}`);
  expect(await lookUpCached(REPO, { env: {}, cacheDir })).toMatchObject({
    beside: dirname(cacheDir),
  });
  const result = await get(REPO);
  expect(result).toMatchObject({ commit, bytes: { copied: 1_500_000 } });
  expect(hub.log.entries.filter(({ path }) => path.includes("model.safetensors"))).toEqual([]);
});

test.each(["snapshots/main", "."])(
  "the plain files that another program left in %s are verified and kept, not fetched again",
  async (folder) => {
    const { get, repoDir } = await stored(async (about) => {
      const plain = await tempDir();
      await cp(about.snapshot, plain, { recursive: true, dereference: true });
      await rm(about.repoDir, { recursive: true });
      await cp(plain, join(about.repoDir, folder), { recursive: true });
    });
    expect((await readdir(repoDir)).length).toBeGreaterThan(0);
    expect((await get(REPO)).bytes).toMatchObject({ copied: 1_500_000 });
  },
);

test("a local dir filled by another program is verified and kept, and its files get their notes", async () => {
  const { get, hub, snapshot } = await stored(() => Promise.resolve());
  const localDir = await tempDir();
  await cp(snapshot, localDir, { recursive: true, dereference: true });
  await writeTree(localDir, { "config.json": '{"model_type":"wrong"}\n' });
  const first = await get(REPO, { localDir, cacheDir: join(localDir, "nowhere") });
  expect(first.bytes).toMatchObject({ cached: 1_500_032, fetched: 23, copied: 0 });
  const paths = hub.log.entries.map(({ path }) => path).filter((path) => path.includes("resolve"));
  expect(paths.every((path) => path.includes("config.json"))).toBe(true);
  hub.log.clear();
  await get(REPO, { localDir, cacheDir: join(localDir, "nowhere") });
  expect(hub.log.entries.filter(({ path }) => path.includes("resolve"))).toEqual([]);
  expect(await verifyModels([], { env: {}, localDir })).toMatchObject({ checked: 4, bad: [] });
});

test("a local dir without notes is verified against the Hub, or against the listing it keeps", async () => {
  const { hub, snapshot, commit, cacheDir } = await stored(() => Promise.resolve());
  const localDir = await tempDir();
  await cp(snapshot, localDir, { recursive: true, dereference: true });
  const options = { env: {}, localDir, endpoint: hub.url, token: false } as const;
  await expect(verifyModels([REPO], options)).rejects.toMatchObject({ code: "cache/not-found" });
  await expect(verifyModels([], { ...options, hub: true })).rejects.toMatchObject({
    code: "settings/invalid",
  });
  expect(await verifyModels([REPO], { ...options, hub: true })).toMatchObject({
    checked: 4,
    bad: [],
    unverified: [],
  });
  const trees = join(localDir, ".cache/huggingface/trees");
  await cp(join(cacheDir, "models--acme--tiny/trees"), trees, { recursive: true });
  await writeFile(join(localDir, "config.json"), '{"model_type":"wrong"}\n');
  await rm(join(localDir, "README.md"));
  expect(await verifyModels([], options)).toMatchObject({
    checked: 3,
    bad: [{ path: "config.json", commit }],
    missing: [{ path: "README.md", reason: "absent" }],
  });
});

test("a verification says which repos it could verify nothing of", async () => {
  const { repoDir, cacheDir, snapshot } = await stored(async (about) => {
    await withoutTrees(about.repoDir);
    await cp(about.snapshot, `${about.snapshot}.plain`, { recursive: true, dereference: true });
    await rm(about.snapshot, { recursive: true });
    await rename(`${about.snapshot}.plain`, about.snapshot);
  });
  const options = { env: {}, cacheDir };
  const unverified = [{ repoId: REPO, repoType: "model" }];
  expect(await verifyModels([REPO], options)).toMatchObject({ bad: [], unverified });
  await rm(join(snapshot, "README.md"));
  await symlink("../../blobs/gone", join(snapshot, "README.md"));
  expect(await verifyModels([REPO], options)).toMatchObject({ unverified });
  await rm(join(repoDir, "snapshots"), { recursive: true });
  await expect(verifyModels([REPO], options)).rejects.toMatchObject({ code: "cache/not-found" });
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import {
  importSeed,
  openRegistry,
  type Registry,
  searchCatalogue,
  type SearchOptions,
  type SeedCatalogue,
  type SeedModel,
} from "../src/index.ts";

type Row = readonly [repoId: string, downloads: number, arch: string | null, task: string | null];

const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(import.meta.dirname, "fixtures", name), "utf8"));

function seedModel(repoId: string, facts: Partial<SeedModel> = {}): SeedModel {
  return {
    hubId: null,
    repoId,
    downloads: 0,
    likes: 0,
    modifiedAt: null,
    parameters: null,
    license: null,
    task: null,
    arch: null,
    tags: [],
    ...facts,
  };
}

let folder: string;
let registry: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlx-download-"));
  registry = openRegistry({ path: join(folder, "registry.db") });
  const { models } = (await fixture("models.json")) as { readonly models: readonly Row[] };
  importSeed(registry, {
    date: "2026-04-22",
    models: models.map(([repoId, downloads, arch, task]) =>
      seedModel(repoId, { downloads, arch, task }),
    ),
  });
});

afterAll(async () => {
  registry.close();
  await rm(folder, { recursive: true, force: true });
});

const found = (query: string, options?: SearchOptions): readonly string[] =>
  searchCatalogue(registry, query, options).models.map(({ repoId }) => repoId);

test("of 120 queries in six kinds, at least 115 find the model among the first three", async () => {
  const queries = (await fixture("queries.json")) as readonly (readonly [string, string, string])[];
  expect(queries).toHaveLength(120);
  const missed = queries.filter(([, query, wanted]) => !found(query).slice(0, 3).includes(wanted));
  expect(missed.length, JSON.stringify(missed, undefined, 1)).toBeLessThanOrEqual(5);
});

test("so do queries that were written after the search", async () => {
  const queries = (await fixture("strangers-queries.json")) as readonly (readonly [
    string,
    string,
    string,
  ])[];
  const missed = queries.filter(([, query, wanted]) => !found(query).slice(0, 3).includes(wanted));
  expect(missed.length, JSON.stringify(missed, undefined, 1)).toBeLessThan(queries.length * 0.04);
});

test("a mistyped word is read as the near one, and the answer says so", () => {
  const { models, corrected } = searchCatalogue(registry, "gema 3 27b");
  expect(corrected).toEqual({ gema: "gemma" });
  expect(models[0]?.repoId).toMatch(/gemma-3-27b/i);
  expect(searchCatalogue(registry, "gemma 3 27b").corrected).toBeNull();
});

test("words find in any order, and a broad query gives the most downloaded", () => {
  expect(found("instruct 4bit coder qwen2.5 mlx")).toEqual(
    found("qwen2.5 coder instruct mlx 4bit"),
  );
  const { models, total } = searchCatalogue(registry, "q", { limit: 5 });
  expect(total).toBeGreaterThan(300);
  expect(models).toHaveLength(5);
});

test("filters hold for every model that is found", () => {
  for (const model of searchCatalogue(registry, "qwen bits:4 author:mlx-community", { limit: 99 })
    .models) {
    expect(model).toMatchObject({ bits: 4, repoId: expect.stringMatching(/^mlx-community\//) });
  }
  const sizes = searchCatalogue(registry, "size:<5GB bits:4,8", { limit: 99 }).models;
  expect(sizes.length).toBeGreaterThan(20);
  for (const { weightsBytes, bits } of sizes) {
    expect(weightsBytes).toBeLessThan(5e9);
    expect([4, 8]).toContain(bits);
  }
  const arch = searchCatalogue(registry, "arch:qwen3", { limit: 500 }).models;
  expect(new Set(arch.map((model) => model.arch))).toContain("qwen3_moe");
  expect(arch.every((model) => /^qwen3(?:_|$)/.test(model.arch ?? ""))).toBe(true);
});

test("words left out and phrases hold", () => {
  const all = found("qwen3 coder", { limit: 200 });
  const without = found("qwen3 coder -awq -fp8 -mlx", { limit: 200 });
  expect(without.length).toBeLessThan(all.length);
  expect(without.length).toBeGreaterThan(0);
  expect(without.filter((name) => /awq|fp8|mlx/i.test(name))).toEqual([]);
  const phrase = found('"coder 30b"', { limit: 200 });
  expect(phrase.length).toBeGreaterThan(0);
  expect(phrase.every((name) => /coder-30b/i.test(name))).toBe(true);
});

test("here and fits are what the caller says", () => {
  const here = new Set(["QWEN/qwen3-8b", "mlx-community/Qwen3-0.6B-4bit"]);
  expect(found("here", { here })).toHaveLength(2);
  expect(found("here qwen3 8b", { here })).toEqual(["Qwen/Qwen3-8B"]);
  expect(found("qwen3 8b -here", { here, limit: 500 })).not.toContain("Qwen/Qwen3-8B");
  const fits = ({ weightsBytes }: { weightsBytes: number | null }): boolean =>
    weightsBytes !== null && weightsBytes < 1e9;
  const small = searchCatalogue(registry, "qwen fits", { fits, limit: 500 });
  expect(small.total).toBe(small.models.length);
  expect(small.models.every(fits)).toBe(true);
});

test.each([
  "",
  "   ",
  '"',
  '""',
  "-",
  "--",
  "***",
  "()",
  "AND",
  "NOT OR",
  "a' OR 1=1",
  "NEAR(a b)",
  "ω",
  "🦙",
  "%_",
  "^x",
])("%j is a query like any other", (query) => {
  expect(searchCatalogue(registry, query).models.length).toBeLessThanOrEqual(20);
});

test("what nothing matches is nothing", () => {
  expect(searchCatalogue(registry, "zzzzqqqqxxxx wwwwvvvv")).toMatchObject({
    total: 0,
    models: [],
  });
});

test("a seed of a later day replaces an earlier one, and none replaces a synchronisation", async () => {
  const path = join(await tempDir(), "registry.db");
  using own = openRegistry({ path });
  const seed = (date: string, name: string): SeedCatalogue => ({
    date,
    models: [seedModel(`acme/${name}`)],
  });
  expect(importSeed(own, seed("2026-02-01", "first"))).toBe(true);
  expect(importSeed(own, seed("2026-01-01", "older"))).toBe(false);
  expect(importSeed(own, seed("2026-03-01", "later"))).toBe(true);
  expect(searchCatalogue(own, "").models.map(({ repoId }) => repoId)).toEqual(["acme/later"]);
  expect(searchCatalogue(own, "").age).toEqual({ source: "seed", at: Date.UTC(2026, 2, 1) });
});

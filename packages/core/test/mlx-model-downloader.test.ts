import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { expect, test } from "vitest";
import { MLXModelDownloader } from "../src/index.ts";
import { exists, failure, filesBelow, MODEL, startRoad } from "./fixture.ts";

const REPO = "mlx-community/Tiny-Llama-4bit";

async function startDownloader() {
  const { hub, cacheDir } = await startRoad();
  const { commit } = await hub.addRepo(REPO, tinyModelFiles(), {
    tags: ["mlx"],
    downloads: 12,
    likes: 3,
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  const downloader = new MLXModelDownloader({ env: {}, endpoint: hub.url, cacheDir, token: false });
  return { hub, cacheDir, commit, downloader };
}

test("download gives the ancestor's fields, ours beside them, and its events", async () => {
  const { downloader, commit } = await startDownloader();
  const heard: string[] = [];
  const messages: string[] = [];
  downloader.on("downloaded", (model) => heard.push(`downloaded ${model.repo_id}`));
  downloader.on("progress", (message) => heard.push(typeof message));
  const model = await downloader.download(REPO, { onProgress: (line) => messages.push(line) });

  expect(model).toMatchObject({
    repo_id: REPO,
    quantization: "4bit-g32",
    repoId: REPO,
    commit,
    isMlx: true,
    fromCache: false,
  });
  await access(join(model.path, "config.json"));
  expect(model.files).toContain("model.safetensors.index.json");
  expect(model.size_bytes).toBe(model.bytes.total);
  expect(Date.parse(model.last_modified ?? "")).not.toBeNaN();
  expect(heard).toContain("string");
  expect(heard.at(-1)).toBe(`downloaded ${REPO}`);
  expect(messages.join("\n")).toMatch(/to fetch/);
});

test("a local dir resolves to a result that describes it", async () => {
  const { downloader, cacheDir } = await startDownloader();
  const localDir = join(dirname(cacheDir), "plain");
  const model = await downloader.download(REPO, { localDir });
  expect(model.path).toBe(localDir);
  expect(model.quantization).toBe("4bit-g32");
});

test("the ancestor's names for patterns and force work", async () => {
  const { downloader } = await startDownloader();
  const some = await downloader.download(REPO, {
    allowPatterns: ["*.json", "*.md"],
    ignorePatterns: ["*.md"],
  });
  expect(some.files.every((file) => file.endsWith(".json"))).toBe(true);
  const again = await downloader.download(REPO, {
    allowPatterns: ["*.json"],
    forceDownload: true,
  });
  expect(again.bytes.fetched).toBe(again.bytes.total);
});

test("list searches the Hub and gives the ancestor's entries", async () => {
  const { downloader, hub } = await startDownloader();
  await hub.addRepo("mlx-community/Other-8bit", MODEL, { tags: ["mlx"], downloads: 99 });
  await hub.addRepo("elsewhere/Tiny-4bit", MODEL, { tags: ["mlx"], downloads: 1000 });
  const all = await downloader.list({ limit: 10 });
  expect(all.map((model) => model.repo_id)).toEqual(["mlx-community/Other-8bit", REPO]);
  const [found] = await downloader.list({ filter: "tiny" });
  expect(found).toMatchObject({ repo_id: REPO, downloads: 12, likes: 3 });
  expect(found?.tags).toContain("mlx");
  expect(found?.created_at).toBe("2026-01-01T00:00:00.000Z");
  const anyone = await downloader.list({ author: "any", filter: "tiny" });
  expect(anyone.map((model) => model.repo_id)).toEqual(["elsewhere/Tiny-4bit", REPO]);
});

test("a Hub that is away is an error, not an empty list", async () => {
  const { downloader, hub } = await startDownloader();
  await hub.close();
  expect((await failure(downloader.list())).code).toBe("hub/unreachable");
});

test("cached models are those that are whole, by what their own files say", async () => {
  const { downloader, hub, cacheDir } = await startDownloader();
  expect(await downloader.getCachedModels()).toEqual([]);
  await hub.addRepo("someone/rabbit-7b", { "config.json": '{"torch_dtype":"bfloat16"}' });
  await downloader.download(REPO);
  await downloader.download("someone/rabbit-7b");
  await downloader.download(REPO, { include: "*.json" });
  const models = await downloader.getCachedModels();
  expect(
    models.map(({ repo_id, quantization, isMlx }) => ({ repo_id, quantization, isMlx })),
  ).toEqual([
    { repo_id: REPO, quantization: "4bit-g32", isMlx: true },
    { repo_id: "someone/rabbit-7b", quantization: "bfloat16", isMlx: false },
  ]);
  expect(await downloader.getCachedModels(join(dirname(cacheDir), "none"))).toEqual([]);
});

test("clearing takes one model, or every MLX model and nothing else", async () => {
  const { downloader, hub, cacheDir } = await startDownloader();
  await hub.addRepo("someone/torch", { "config.json": "{}" });
  await mkdir(join(cacheDir, "models--keep--me/snapshots"), { recursive: true });
  await downloader.download(REPO);
  await downloader.download("someone/torch");
  const cleared: string[] = [];
  downloader.on("cache-cleared", (what) => cleared.push(what));
  await downloader.clearCache();
  expect(await exists(join(cacheDir, "models--mlx-community--Tiny-Llama-4bit"))).toBe(false);
  expect(await exists(join(cacheDir, "models--someone--torch"))).toBe(true);
  await downloader.clearCache("someone/torch");
  expect(await exists(join(cacheDir, "models--someone--torch"))).toBe(false);
  expect(await exists(join(cacheDir, "models--keep--me"))).toBe(true);
  expect(cleared).toEqual(["all", "someone/torch"]);
});

test.each(["org/name/../..", "../evil", "a/b/c", ""])(
  "clearing %j is refused and removes nothing",
  async (repoId) => {
    const { downloader, cacheDir } = await startDownloader();
    await downloader.download(REPO);
    await writeFile(join(dirname(cacheDir), "precious"), "mine");
    const before = await filesBelow(dirname(cacheDir));
    const error = await failure(downloader.clearCache(repoId));
    expect(error.code).toBe("cache/invalid-repo-id");
    expect(await filesBelow(dirname(cacheDir))).toEqual(before);
  },
);

test("errors are coded, named and keep the repo", async () => {
  const { downloader } = await startDownloader();
  const error = await failure(downloader.download("mlx-community/none"));
  expect(error).toMatchObject({
    name: "ModelDownloadError",
    code: "hub/repo-not-found",
    repoId: "mlx-community/none",
  });
});

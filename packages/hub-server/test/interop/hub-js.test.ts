import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  downloadFile,
  fileExists,
  HubApiError,
  listCollections,
  listCommits,
  listFiles,
  listModels,
  modelInfo,
  pathsInfo,
  snapshotDownload,
  whoAmI,
} from "@huggingface/hub";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTestHub, tinyModelFiles, type TestHub } from "../../src/testing/index.ts";

async function setUp(): Promise<{ hub: TestHub; hubUrl: string; commit: string }> {
  const hub = await startTestHub({ treePageSize: 3, listPageSize: 2 });
  onTestFinished(() => hub.close());
  hub.store.addUser({ name: "anna", tokens: ["hf_anna"], orgs: ["lab"] });
  const files = { ...tinyModelFiles(), "sub/ü.txt": "hello\n", "empty.txt": "" };
  const { commit } = await hub.addRepo("acme/tiny", files, {
    likes: 3,
    gated: "auto",
    accepted: ["anna"],
  });
  return { hub, hubUrl: hub.url, commit };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const repo = "acme/tiny";
const accessToken = "hf_anna";

test("listModels goes over all pages and reads every field", async () => {
  const { hub, hubUrl } = await setUp();
  for (const name of ["a", "b", "c", "d"])
    await hub.addRepo(`acme/${name}`, { "config.json": "{}" });
  const models = await all(
    listModels({ hubUrl, search: { owner: "acme" }, sort: "likes", additionalFields: ["tags"] }),
  );
  expect(models.map((model) => model.name)).toEqual([
    "acme/tiny",
    "acme/a",
    "acme/b",
    "acme/c",
    "acme/d",
  ]);
  expect(models[0]).toMatchObject({
    likes: 3,
    gated: "auto",
    private: false,
    task: "text-generation",
    tags: expect.arrayContaining(["mlx"]),
    updatedAt: expect.any(Date),
  });
  expect(hub.log.of({ target: "api" })).toHaveLength(3);
  expect(
    await all(
      listModels({ hubUrl, search: { tags: ["mlx"], task: "text-generation", query: "TINY" } }),
    ),
  ).toHaveLength(1);
});

test("modelInfo, listFiles, pathsInfo and listCommits agree on commit and digests", async () => {
  const { hubUrl, commit } = await setUp();
  const info = await modelInfo({ hubUrl, name: repo, additionalFields: ["sha", "library_name"] });
  expect(info).toMatchObject({ name: repo, sha: commit, library_name: "mlx" });
  const files = await all(
    listFiles({ hubUrl, repo, accessToken, recursive: true, revision: commit }),
  );
  expect(files).toHaveLength(Object.keys(tinyModelFiles()).length + 3);
  const shard = files.find((file) => file.path === "model-00001-of-00002.safetensors");
  expect(shard?.lfs).toMatchObject({
    oid: expect.stringMatching(/^[0-9a-f]{64}$/),
    size: shard?.size,
  });
  const [paths] = await pathsInfo({
    hubUrl,
    repo,
    accessToken,
    paths: ["model-00001-of-00002.safetensors", "nope"],
    expand: true,
  });
  expect(paths).toMatchObject({
    lfs: shard?.lfs,
    lastCommit: { id: commit, date: expect.any(Date) },
  });
  expect((await all(listCommits({ hubUrl, repo }))).map((one) => one.oid)).toEqual([commit]);
});

test("snapshotDownload gets every file of a gated repo it has access to", async () => {
  const { hubUrl, commit } = await setUp();
  const cacheDir = await tempDir();
  vi.spyOn(console, "debug").mockImplementation(() => {}); // the library talks
  onTestFinished(() => void vi.restoreAllMocks());
  const path = await snapshotDownload({ hubUrl, repo, cacheDir, accessToken });
  expect(path).toBe(join(cacheDir, "models--acme--tiny/snapshots", commit));
  for (const [file, content] of Object.entries(tinyModelFiles())) {
    expect((await readFile(join(path, file))).equals(Buffer.from(content))).toBe(true);
  }
  expect(await readFile(join(path, "sub/ü.txt"), "utf8")).toBe("hello\n");
});

test("downloadFile and fileExists tell a file from none", async () => {
  const { hubUrl } = await setUp();
  const blob = await downloadFile({ hubUrl, repo, path: "sub/ü.txt", accessToken });
  expect(await blob?.text()).toBe("hello\n");
  expect(await downloadFile({ hubUrl, repo, path: "nope", accessToken })).toBeNull();
  expect(await fileExists({ hubUrl, repo, path: "config.json", accessToken })).toBe(true);
  expect(await fileExists({ hubUrl, repo, path: "nope", accessToken })).toBe(false);
});

test("listCollections and whoAmI read their answers", async () => {
  const { hub, hubUrl } = await setUp();
  const slug = "acme/picks-65a1b2c3d4e5f60718293a4d";
  hub.store.addCollection({ slug, title: "Picks", items: [{ repoId: repo }] });
  const [collection] = await all(listCollections({ hubUrl, search: { owner: ["acme"] } }));
  expect(collection).toMatchObject({ slug, title: "Picks", items: [{ id: repo }] });
  expect(await whoAmI({ hubUrl, accessToken })).toMatchObject({
    type: "user",
    name: "anna",
    orgs: [{ name: "lab" }],
  });
});

test("refusals are HubApiErrors with the Hub's status and text", async () => {
  const { hubUrl } = await setUp();
  const refused = async (question: Promise<unknown>): Promise<unknown> =>
    question.catch((error: unknown) =>
      error instanceof HubApiError ? [error.statusCode, error.data] : error,
    );
  expect(await refused(modelInfo({ hubUrl, name: "acme/none" }))).toEqual([
    401,
    { error: "Invalid username or password." },
  ]);
  expect(await refused(modelInfo({ hubUrl, name: "acme/none", accessToken }))).toEqual([
    404,
    { error: "Repository not found" },
  ]);
  expect(await refused(downloadFile({ hubUrl, repo, path: "config.json" }))).toEqual([
    401,
    { message: expect.stringContaining("is restricted") },
  ]);
});

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { BackendFailure, DownloadBackend } from "../src/contract/backend.ts";
import { exists, failure, filesBelow, startRoad } from "./fixture.ts";

const MODEL = { "config.json": "{}\n", "sub/notes.txt": "hello\n" } as const;

/** A client of few words that fetches whole files into a local folder; `over` changes what it does. */
function plainBackend(over: Partial<DownloadBackend> = {}): DownloadBackend {
  const ask = async (url: string): Promise<Response> => {
    const response = await fetch(url);
    const { status, headers } = response;
    if (response.ok) return response;
    const body = await response.text();
    throw meet({ kind: "answer", status, headers: Object.fromEntries(headers), url, body });
  };
  return {
    name: "plain",
    async resolveCommit({ endpoint, repoId, revision }) {
      const answer = await ask(`${endpoint}/api/models/${repoId}/revision/${revision}`);
      return ((await answer.json()) as { sha: string }).sha;
    },
    async listTree({ endpoint, repoId, revision }) {
      const answer = await ask(`${endpoint}/api/models/${repoId}/tree/${revision}?recursive=true`);
      return (await answer.json()) as unknown[];
    },
    async fetch({ endpoint, repoId, commit, files, localDir = "", onFile }) {
      for (const { path } of files) {
        const answer = await ask(`${endpoint}/${repoId}/resolve/${commit}/${path}`);
        await mkdir(dirname(join(localDir, path)), { recursive: true });
        await writeFile(join(localDir, path), Buffer.from(await answer.arrayBuffer()));
        onFile(path, { wire: null });
      }
    },
    async *listModels() {},
    ...over,
  };
}

/** The error by which a backend says what it met. */
function meet(met: BackendFailure): Error {
  return Object.assign(new Error(met.kind), { failure: met });
}

async function startStage() {
  const road = await startRoad();
  await road.hub.addRepo("acme/tiny", MODEL);
  const localDir = join(dirname(road.cacheDir), "plain");
  return { ...road, localDir };
}

test("a backend of a few lines downloads, and its files are proved", async () => {
  const { get, localDir, events } = await startStage();
  const result = await get("acme/tiny", { localDir, backend: plainBackend() });
  expect(result.bytes).toMatchObject({ total: 9, fetched: 9, wire: 9 });
  expect(result.files.map(({ status }) => status)).toEqual(["fetched", "fetched"]);
  expect(events.filter(({ type }) => type === "verifying")).toHaveLength(2);
});

test("bytes that are not the file's are taken away, thrice, and then it is an error", async () => {
  const { get, localDir, hub } = await startStage();
  const on = ["resolve", "cdn"] as const;
  const wrong = hub.faults.add({ on, kind: "wrongBytes", offset: 1, path: "config.json" });
  const error = await failure(get("acme/tiny", { localDir, backend: plainBackend() }));
  expect(error).toMatchObject({ code: "transfer/checksum-mismatch", data: { source: "plain" } });
  expect(wrong.hits).toBeGreaterThanOrEqual(3);
  expect(await exists(join(localDir, "config.json"))).toBe(false);
});

test("a backend that says a file is there when it is not is not believed", async () => {
  const { get, localDir } = await startStage();
  const backend = plainBackend({ fetch: () => Promise.resolve() });
  expect((await failure(get("acme/tiny", { localDir, backend }))).code).toBe("cache/not-found");
});

test.each([
  [{ kind: "network", code: "ECONNREFUSED", message: "no", midway: false }, "hub/unreachable"],
  [{ kind: "system", code: "ENOSPC", message: "full", path: "/x" }, "disk/full"],
  [{ kind: "coded", code: "python/failed", message: "odd", hint: "Look." }, "python/failed"],
] as const)("what it met, %j, is %s", async (met, code) => {
  const { get, localDir } = await startStage();
  const backend = plainBackend({ resolveCommit: () => Promise.reject(meet(met)) });
  const error = await failure(get("acme/tiny", { localDir, backend }));
  expect([error.code, error.hint]).toEqual([code, expect.stringMatching(/\S/)]);
});

test("a commit and a listing that are none change nothing on the disk", async () => {
  const { get, localDir, cacheDir } = await startStage();
  const noCommit = plainBackend({ resolveCommit: () => Promise.resolve("../../evil") });
  expect((await failure(get("acme/tiny", { localDir, backend: noCommit }))).code).toBe(
    "hub/bad-response",
  );
  const noTree = plainBackend({
    listTree: () => Promise.resolve([{ type: "file", path: "../x" }]),
  });
  expect((await failure(get("acme/tiny", { localDir, backend: noTree }))).code).toBe(
    "hub/unsafe-tree",
  );
  expect(await filesBelow(dirname(cacheDir))).toEqual([]);
});

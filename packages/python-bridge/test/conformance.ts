import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import {
  download,
  type DownloadBackend,
  type DownloadEvent,
  type DownloadOptions,
  type DownloadResult,
  listMLXModels,
  ModelDownloadError,
  planModel,
} from "@mlx-download/core";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";

const TOKEN = "hf_ThisTokenMustStayWithTheHub";
const STRANGER = "hf_AStrangersToken";
const MODEL = {
  ".gitattributes": "* -text\n",
  "config.json": '{"model_type":"llama"}\n',
  "empty.txt": "",
  "model.safetensors": { size: 3_000_000, seed: 7 },
  "sub/dir/notes with spaces.txt": "hello\n",
} as const;
const TOTAL = 3_000_037;

interface Road {
  readonly hub: TestHub;
  readonly cacheDir: string;
  readonly events: DownloadEvent[];
  readonly get: (ref: string, options?: DownloadOptions) => Promise<DownloadResult>;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

async function failure(promise: Promise<unknown>): Promise<ModelDownloadError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelDownloadError);
  return error as ModelDownloadError;
}

/**
 * What every backend of `download` does the same, against a test Hub: results, events, errors and what is on the disk
 * then. `backend` gives it for a test; undefined is the native engine.
 */
export function testBackend(backend: () => DownloadBackend | undefined): void {
  async function startRoad(): Promise<Road> {
    const hub = await startTestHub({ maskGated: true });
    onTestFinished(() => hub.close());
    const cacheDir = join(await tempDir(), "hub");
    const events: DownloadEvent[] = [];
    return {
      hub,
      cacheDir,
      events,
      get: (ref, over = {}) =>
        download(ref, {
          env: {},
          endpoint: hub.url,
          cacheDir,
          token: false,
          backend: backend(),
          onEvent: (event) => events.push(event),
          ...over,
        }),
    };
  }

  async function startGuardedRoad(): Promise<Road> {
    const road = await startRoad();
    const { hub } = road;
    hub.store.addUser({ name: "anna", tokens: [TOKEN] });
    hub.store.addUser({ name: "otto", tokens: [STRANGER] });
    await hub.addRepo("acme/gated", MODEL, { gated: "manual", accepted: ["anna"] });
    await hub.addRepo("acme/private", MODEL, { private: true, readers: ["anna"] });
    await hub.addRepo("acme/disabled", MODEL, { disabled: true });
    await hub.addRepo("acme/open", MODEL);
    return road;
  }

  test("a model comes whole, and is then there without fetching", async () => {
    const { hub, get, events, cacheDir } = await startRoad();
    const { commit } = await hub.addRepo("acme/tiny", MODEL);
    const path = join(cacheDir, "models--acme--tiny/snapshots", commit);
    const first = await get("acme/tiny");
    expect(first).toMatchObject({
      repoId: "acme/tiny",
      revision: "main",
      commit,
      path,
      fromCache: false,
      bytes: { total: TOTAL, cached: 0, resumed: 0, copied: 0, fetched: TOTAL, wire: TOTAL },
    });
    expect(first.files.map(({ path: file, status }) => [file, status])).toEqual(
      Object.keys(MODEL).map((file) => [file, "fetched"]),
    );
    expect(await filesBelow(path)).toEqual(Object.keys(MODEL));

    const types = events.map((event) => event.type);
    expect(types.slice(0, 3)).toEqual(["resolving", "resolved", "planned"]);
    expect(types.filter((type) => type === "file-done")).toHaveLength(5);
    expect(types.slice(-2)).toEqual(["publishing", "result"]);
    expect(events.findLast((event) => event.type === "progress")).toMatchObject({
      bytes: { total: TOTAL, fetched: TOTAL, wire: TOTAL, verified: TOTAL },
      files: { total: 5, done: 5 },
      active: [],
    });
    expect(new Set(events.map((event) => event.repoId))).toEqual(new Set(["acme/tiny"]));

    hub.log.clear();
    const again = await get("acme/tiny");
    expect(again).toMatchObject({ path, fromCache: true, bytes: { cached: TOTAL, wire: 0 } });
    expect(hub.log.entries).toHaveLength(1);
    hub.log.clear();
    expect(await get(`acme/tiny@${commit}`)).toMatchObject({ path, fromCache: true });
    expect(await get("acme/tiny", { offline: true })).toMatchObject({ path, fromCache: true });
    expect(hub.log.entries).toEqual([]);
  });

  test("patterns, presets and revisions choose what comes", async () => {
    const { hub, get, events, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL, { revision: "v1" });
    const { commit } = await hub.addRepo("acme/tiny", { ...MODEL, "new.json": "{}" });
    const one = await get("acme/tiny", { include: ["*.json", "sub/"], exclude: "new*" });
    expect(one.files.map((file) => file.path)).toEqual([
      "config.json",
      "sub/dir/notes with spaces.txt",
    ]);
    expect(one.commit).toBe(commit);
    const preset = await get("acme/tiny", { preset: "config" });
    expect(preset.files).toMatchObject([{ path: "config.json", status: "cached" }]);
    const old = await get("acme/tiny@v1", { include: "*.json" });
    expect(old.files.map((file) => file.path)).toEqual(["config.json"]);
    expect(old.commit).not.toBe(commit);
    expect(await filesBelow(join(cacheDir, "models--acme--tiny/refs"))).toEqual(["main", "v1"]);
    events.length = 0;
    expect((await failure(get("acme/tiny", { include: "*.gguf" }))).code).toBe("select/no-match");
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "select/no-match" } });
  });

  test("a dry run says what would come and writes nothing", async () => {
    const { hub, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const options = { env: {}, endpoint: hub.url, cacheDir, backend: backend() };
    const plan = await planModel("acme/tiny", options);
    expect(plan.bytes).toMatchObject({ total: TOTAL, cached: 0, toFetch: TOTAL });
    expect(await filesBelow(dirname(cacheDir))).toEqual([]);
  });

  test("plain files come into a local folder, and stay there", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const localDir = join(dirname(cacheDir), "plain");
    const first = await get("acme/tiny", { localDir });
    expect(first).toMatchObject({ path: localDir, bytes: { fetched: TOTAL } });
    const files = (await filesBelow(localDir)).filter((file) => !file.startsWith(".cache"));
    expect(files).toEqual(Object.keys(MODEL));
    expect(await get("acme/tiny", { localDir })).toMatchObject({ fromCache: true });
  });

  test("files of the same content come once", async () => {
    const { hub, get } = await startRoad();
    const twin = { size: 200_000, seed: 3 };
    await hub.addRepo("acme/twins", { "a.safetensors": twin, "b/b.safetensors": twin });
    const result = await get("acme/twins");
    expect(result.bytes).toMatchObject({ fetched: 200_000, copied: 200_000, wire: 200_000 });
    expect(await filesBelow(result.path)).toEqual(["a.safetensors", "b/b.safetensors"]);
  });

  test("force fetches what is there", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    await get("acme/tiny");
    expect(await get("acme/tiny", { force: true })).toMatchObject({
      fromCache: false,
      bytes: { cached: 0, fetched: TOTAL },
    });
  });

  test.each([
    ["a gated repo without a token", "acme/gated", false, "hub/gated", /HF_TOKEN/],
    ["a gated repo with a stranger's token", "acme/gated", STRANGER, "hub/gated", /access/],
    ["a private repo without a token", "acme/private", false, "hub/repo-not-found", /private/],
    ["a repo that does not exist", "acme/none", TOKEN, "hub/repo-not-found", /spelling/],
    [
      "a revision that does not exist",
      "acme/open@nope",
      TOKEN,
      "hub/revision-not-found",
      /tree\/main/,
    ],
    ["a token that nobody knows", "acme/private", "hf_unknown", "hub/unauthorized", /token/],
    ["a disabled repo", "acme/disabled", TOKEN, "hub/disabled", /./],
  ] as const)("%s is told why, and what to do", async (_, ref, token, code, hint) => {
    const { get, cacheDir } = await startGuardedRoad();
    const error = await failure(get(ref, { token }));
    expect([error.code, error.message]).toEqual([code, expect.not.stringMatching(/\n/)]);
    expect(error.hint).toMatch(hint);
    expect(error.repoId).toBe(ref.split("@")[0]);
    expect((await filesBelow(cacheDir)).join()).not.toContain("config.json");
  });

  test("a public model comes without a token that the Hub refuses, with one warning", async () => {
    const { get, events } = await startGuardedRoad();
    expect((await get("acme/open", { token: "hf_nobodysToken" })).bytes.fetched).toBe(TOTAL);
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toMatchObject([{ code: "hub/token-refused" }]);
  });

  test("the token reaches the Hub's own host and nobody else, in no event, error or file", async () => {
    const { hub, get, events, cacheDir } = await startGuardedRoad();
    await get("acme/gated", { token: TOKEN });
    await get("acme/private", { token: TOKEN });
    const refused = await failure(get("acme/none", { token: TOKEN }));
    expect(hub.log.of({ target: "api" }).every((entry) => entry.authorization)).toBe(true);
    expect(hub.log.of({ target: "cdn", authorization: true })).toEqual([]);
    const secret = TOKEN.slice(3);
    expect(inspect(events, { depth: 9 })).not.toContain(secret);
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(secret);
    expect((await filesBelow(cacheDir)).join()).not.toContain(secret);
  });

  test("nobody there, and a page that is no Hub's, are coded errors", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "api", kind: "loginPage" });
    expect((await failure(get("acme/tiny"))).code).toBe("hub/bad-response");
    await hub.close();
    const error = await failure(get("acme/tiny"));
    expect(error).toMatchObject({ code: "hub/unreachable", data: { reason: "refused" } });
    expect(error.message).toContain(hub.url);
  });

  test("a Hub that cannot just now is asked again", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "api", kind: "status", status: 503, times: 1, path: /revision/ });
    hub.faults.add({
      on: "api",
      kind: "status",
      status: 429,
      retryAfter: 0,
      times: 1,
      path: /tree/,
    });
    expect((await get("acme/tiny")).bytes.fetched).toBe(TOTAL);
    const retries = events.filter((event) => event.type === "retry").map((event) => event.code);
    expect(retries).toEqual(expect.arrayContaining(["hub/unavailable"]));
  });

  test("a listing that must not be believed changes nothing on the disk", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/hostile", MODEL, {
      tree: (entries) => [...entries, { ...entries.at(-1), path: "../../evil" }],
    });
    expect((await failure(get("acme/hostile"))).code).toBe("hub/unsafe-tree");
    expect(await filesBelow(dirname(cacheDir))).toEqual([]);
  });

  test("wrong bytes are asked for again, and never taken for the model", async () => {
    const { hub, get, events, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const on = ["resolve", "cdn"] as const;
    const once = hub.faults.add({
      on,
      kind: "wrongBytes",
      offset: 9,
      path: "config.json",
      times: 1,
    });
    await get("acme/tiny", { include: "config.json" });
    expect(once.hits).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "retry",
        code: "transfer/checksum-mismatch",
        path: "config.json",
      }),
    );
    hub.faults.add({ on, kind: "wrongBytes", offset: 2, path: ".gitattributes" });
    const error = await failure(get("acme/tiny@main"));
    expect(error).toMatchObject({
      code: "transfer/checksum-mismatch",
      data: { path: ".gitattributes", expected: expect.stringMatching(/^git-sha1:/) },
    });
    const there = await filesBelow(join(cacheDir, "models--acme--tiny/snapshots"));
    expect(there.join()).not.toContain(".gitattributes");
  });

  test("a connection cut in a file is mended", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const cut = { kind: "cut", afterBytes: 1_500_000, reset: true, times: 1 } as const;
    hub.faults.add({ on: ["resolve", "cdn"], path: "model.safetensors", ...cut });
    expect((await get("acme/tiny")).bytes.fetched).toBe(TOTAL);
  });

  test("an abort ends it with its reason, and the next run brings the rest", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const on = ["resolve", "cdn"] as const;
    const { promise: never, resolve: letGo } = Promise.withResolvers<void>();
    const held = { on, kind: "hold", afterBytes: 1_200_000, until: never } as const;
    const hold = hub.faults.add({ ...held, path: "model.safetensors" });
    const stop = new AbortController();
    const reason = new Error("enough");
    const running = get("acme/tiny", {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "progress" && event.bytes.fetched > 1_000_000) stop.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    letGo();
    hold.remove();
    expect(await filesBelow(join(cacheDir, "models--acme--tiny/refs"))).toEqual([]);
    const { bytes, path } = await get("acme/tiny");
    expect(bytes.total).toBe(TOTAL);
    expect(await filesBelow(path)).toEqual(Object.keys(MODEL));
    const blobs = await readdir(join(cacheDir, "models--acme--tiny/blobs"));
    expect(blobs.filter((name) => /incomplete|tmp/.test(name))).toEqual([]);
  });

  test("models are listed: searched, sorted and counted by the server", async () => {
    const { hub } = await startRoad();
    for (const [name, downloads] of [
      ["a-llama", 5],
      ["b-llama", 9],
      ["c-qwen", 7],
    ] as const) {
      await hub.addRepo(`mlx-community/${name}`, { "a.txt": name }, { downloads, tags: ["mlx"] });
    }
    await hub.addRepo("acme/d-llama", { "a.txt": "d" }, { downloads: 99, tags: ["mlx"] });
    const options = { env: {}, endpoint: hub.url, backend: backend() };
    const ids = async (over: object): Promise<string[]> =>
      (await listMLXModels({ ...options, ...over })).map((model) => model.repo_id);
    expect(await ids({ filter: "llama" })).toEqual([
      "mlx-community/b-llama",
      "mlx-community/a-llama",
    ]);
    expect(await ids({ limit: 1 })).toEqual(["mlx-community/b-llama"]);
    expect(await ids({ author: "any", filter: "llama", limit: 2 })).toEqual([
      "acme/d-llama",
      "mlx-community/b-llama",
    ]);
    const [model] = await listMLXModels({ ...options, filter: "qwen" });
    expect(model).toMatchObject({ downloads: 7, likes: 0, tags: expect.arrayContaining(["mlx"]) });
    expect(model?.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
}

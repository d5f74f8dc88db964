import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, tempDir, type PythonEnv } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  startTestHub,
  tinyModelFiles,
  type RequestLogEntry,
  type TestHub,
} from "../../src/testing/index.ts";
import { runPython, type Ran } from "./run-python.ts";

const FILES = {
  ...tinyModelFiles(),
  "sub/dir/ü ñ.txt": "hello\n",
  "empty.txt": "",
  "big.bin": { size: 11_000_000 },
};

const fetched = ({ target }: RequestLogEntry): boolean => target !== "api";

describe.each(["hub-2.4.0", "hub-1.33.0"] as const)("huggingface_hub of %s", (name) => {
  const env = pythonEnv(name);

  async function setUp(): Promise<{
    hub: TestHub;
    commit: string;
    hfHome: string;
    run: (args: readonly string[], env?: Record<string, string>) => Promise<Ran>;
    python: (script: string, env?: Record<string, string>) => Promise<unknown>;
  }> {
    const hub = await startTestHub({ treePageSize: 5 });
    onTestFinished(() => hub.close());
    hub.store.addUser({ name: "anna", tokens: ["hf_anna"], orgs: ["lab"] });
    const { commit } = await hub.addRepo("acme/tiny", FILES, { downloads: 12, likes: 3 });
    const hfHome = await tempDir();
    const run = (args: readonly string[], extra = {}): Promise<Ran> =>
      runPython(env as PythonEnv, args, { hfHome, endpoint: hub.url, env: extra });
    const python = async (script: string, extra = {}): Promise<unknown> => {
      const program = `import json\nfrom huggingface_hub import *\n${script}`;
      const ran = await run(["python", "-c", program], extra);
      if (ran.code !== 0) throw new Error(ran.stderr);
      return JSON.parse(ran.stdout);
    };
    return { hub, commit, hfHome, run, python };
  }

  const DOWNLOAD = `print(json.dumps(snapshot_download("acme/tiny")))`;

  test.skipIf(!env)("downloads a snapshot, then needs one call, then none", async () => {
    const { hub, commit, hfHome, python } = await setUp();
    const path = await python(DOWNLOAD);
    expect(path).toBe(join(hfHome, "hub/models--acme--tiny/snapshots", commit));
    for (const [file, content] of Object.entries(tinyModelFiles())) {
      expect((await readFile(join(String(path), file))).equals(Buffer.from(content))).toBe(true);
    }
    expect(await readFile(join(String(path), "sub/dir/ü ñ.txt"), "utf8")).toBe("hello\n");
    expect((await readFile(join(String(path), "big.bin"))).byteLength).toBe(11_000_000);
    expect(hub.log.of({ target: "api" }).map((entry) => entry.path.split("/")[5])).toEqual([
      "revision",
      "tree",
      "tree",
      "tree",
      "tree",
    ]);
    hub.log.clear();
    expect(await python(DOWNLOAD)).toBe(path);
    expect(hub.log.entries.map((entry) => entry.path)).toEqual([
      "/api/models/acme/tiny/revision/main",
    ]);
    hub.log.clear();
    expect(
      await python(`print(json.dumps(snapshot_download("acme/tiny", revision="${commit}")))`),
    ).toBe(path);
    expect(hub.log.entries).toEqual([]);
  });

  test.skipIf(!env)("reloads it offline, by branch and by commit", async () => {
    const { hub, commit, python } = await setUp();
    const path = await python(DOWNLOAD);
    hub.log.clear();
    const offline = { HF_HUB_OFFLINE: "1" };
    expect(await python(DOWNLOAD, offline)).toBe(path);
    const pinned = `print(json.dumps(snapshot_download("acme/tiny", revision="${commit}")))`;
    expect(await python(pinned, offline)).toBe(path);
    expect(hub.log.entries).toEqual([]);
  });

  test.skipIf(!env)("fetches and verifies a dataset that has the id of a model", async () => {
    const { hub, run, hfHome } = await setUp();
    const files = { "data/train.csv": "a,b\n1,2\n", "data/large.parquet": { size: 11_000_000 } };
    const { commit } = await hub.addRepo("acme/tiny", files, { repoType: "dataset" });
    hub.log.clear();
    const got = await run(["hf", "download", "acme/tiny", "--type", "dataset"]);
    const path = join(hfHome, "hub/datasets--acme--tiny/snapshots", commit);
    expect([got.code, got.stdout]).toEqual([0, expect.stringContaining(path)]);
    expect(await readFile(join(path, "data/train.csv"), "utf8")).toBe("a,b\n1,2\n");
    expect(hub.log.of(({ url }) => url.includes("/models/"))).toEqual([]);
    const verified = await run(["hf", "cache", "verify", "acme/tiny", "--type", "dataset"]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining("checksums match"),
    ]);
  });

  test.skipIf(!env)("sends its token to the Hub and never to the CDN", async () => {
    const { hub, python } = await setUp();
    await python(DOWNLOAD, { HF_TOKEN: "hf_anna" });
    expect(hub.log.of({ target: "cdn" }).length).toBeGreaterThan(0);
    expect(hub.log.of({ target: "cdn", authorization: true })).toEqual([]);
    expect(hub.log.of((entry) => entry.target !== "cdn" && !entry.authorization)).toEqual([]);
    expect(
      hub.log.of(fetched).every((entry) => entry.headers["x-hf-download-counter"] === "1"),
    ).toBe(true);
  });

  test.skipIf(!env)("hf downloads, verifies and lists the cache without a warning", async () => {
    const { commit, run } = await setUp();
    const got = await run(["hf", "download", "acme/tiny"]);
    expect([got.code, got.stdout]).toEqual([0, expect.stringContaining(commit)]);
    const verified = await run(["hf", "cache", "verify", "acme/tiny"]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining("checksums match"),
    ]);
    const listed = await run(["hf", "cache", "ls"]);
    expect(listed.stdout).toContain("model/acme/tiny");
    expect(listed.stdout + listed.stderr).not.toMatch(/warn|corrupt/i);
  });

  test.skipIf(!env)("hf lists models by author and by search", async () => {
    const { hub, run } = await setUp();
    await hub.addRepo("other/Large", { "config.json": "{}" });
    const byAuthor = await run(["hf", "models", "ls", "--author", "acme", "--json"]);
    expect(JSON.parse(byAuthor.stdout)).toMatchObject([
      { id: "acme/tiny", downloads: 12, likes: 3, library_name: "mlx" },
    ]);
    const bySearch = await run(["hf", "models", "ls", "--search", "large", "--json"]);
    expect(JSON.parse(bySearch.stdout)).toMatchObject([{ id: "other/Large" }]);
  });

  test.skipIf(!env)("reads model info, the tree, refs, commits and paths", async () => {
    const { hub, commit, python } = await setUp();
    await hub.addRepo("acme/tiny", { "README.md": "# pr\n" }, { revision: "refs/pr/1" });
    const script = `
api = HfApi()
info = api.model_info("acme/tiny", files_metadata=True)
tree = list(api.list_repo_tree("acme/tiny", recursive=True, expand=True))
refs = api.list_repo_refs("acme/tiny", include_pull_requests=True)
print(json.dumps({
  "sha": info.sha, "library": info.library_name, "tensors": info.safetensors.total,
  "lfs": [s.lfs.sha256 for s in info.siblings if s.lfs],
  "tree": [f.path for f in tree], "commit": tree[0].last_commit.oid,
  "refs": [r.ref for r in refs.branches + refs.pull_requests],
  "commits": [c.commit_id for c in api.list_repo_commits("acme/tiny")],
  "paths": [p.path for p in api.get_paths_info("acme/tiny", ["README.md", "sub", "nope"])],
  "pr": api.model_info("acme/tiny", revision="refs/pr/1").siblings[0].rfilename,
  "exists": [api.file_exists("acme/tiny", f) for f in ("config.json", "nope")],
  "meta": get_hf_file_metadata(hf_hub_url("acme/tiny", "big.bin")).size,
}))`;
    expect(await python(script)).toMatchObject({
      sha: commit,
      library: "mlx",
      tensors: expect.any(Number),
      lfs: { length: 3 },
      tree: expect.arrayContaining(["sub", "sub/dir", "sub/dir/ü ñ.txt", "config.json"]),
      commit,
      refs: ["refs/heads/main", "refs/pr/1"],
      commits: [commit],
      paths: ["README.md", "sub"],
      pr: "README.md",
      exists: [true, false],
      meta: 11_000_000,
    });
  });

  test.skipIf(!env)("lists collections, reads one, and asks who it is", async () => {
    const { hub, python } = await setUp();
    const slug = "acme/picks-65a1b2c3d4e5f60718293a4d";
    hub.store.addCollection({
      slug,
      title: "Picks",
      items: [{ repoId: "acme/tiny", note: "small" }],
    });
    const script = `
api = HfApi()
one = api.get_collection("${slug}")
print(json.dumps({
  "list": [(c.slug, [i.item_id for i in c.items]) for c in api.list_collections(owner="acme")],
  "one": [(i.item_id, i.note) for i in one.items],
  "me": api.whoami()["name"],
}))`;
    expect(await python(script, { HF_TOKEN: "hf_anna" })).toEqual({
      list: [[slug, ["acme/tiny"]]],
      one: [["acme/tiny", "small"]],
      me: "anna",
    });
  });

  test.skipIf(!env)("sees each refusal as the error that the real Hub makes it see", async () => {
    const { hub, python } = await setUp();
    const files = { "config.json": "{}" };
    await hub.addRepo("acme/gated", files, { gated: "auto" });
    await hub.addRepo("acme/secret", files, { private: true });
    await hub.addRepo("acme/off", files, { disabled: true });
    await hub.addRepo("acme/new", files, { renamedFrom: ["acme/old"] });
    const script = `
def kind(f):
  try:
    f()
    return "ok"
  except Exception as e:
    return type(e).__name__
get = lambda repo, file="config.json", **k: kind(lambda: hf_hub_download(repo, file, **k))
api = HfApi()
print(json.dumps({
  "gated": get("acme/gated"), "gated auth": kind(lambda: api.auth_check("acme/gated")),
  "gated info": kind(lambda: api.model_info("acme/gated")),
  "private": get("acme/secret"), "unknown": kind(lambda: api.model_info("acme/none")),
  "disabled": kind(lambda: api.model_info("acme/off")),
  "renamed": api.model_info("acme/old").id, "renamed file": get("acme/old"),
  "entry": get("acme/tiny", "nope"), "revision": get("acme/tiny", revision="v9"),
  "tree revision": kind(lambda: list(api.list_repo_tree("acme/tiny", revision="v9"))),
}))`;
    expect(await python(script, { HF_TOKEN: "hf_anna" })).toEqual({
      gated: "GatedRepoError",
      "gated auth": "GatedRepoError",
      "gated info": "ok",
      private: "RepositoryNotFoundError",
      unknown: "RepositoryNotFoundError",
      disabled: "DisabledRepoError",
      renamed: "acme/new",
      "renamed file": "ok",
      entry: "RemoteEntryNotFoundError",
      revision: "RevisionNotFoundError",
      "tree revision": "RevisionNotFoundError",
    });
    // Anonymous: the client makes a bare 401 "repository not found" only below https://, so here it stays a plain error.
    expect(await python(script)).toMatchObject({
      gated: "GatedRepoError",
      unknown: "HfHubHTTPError",
    });
  });

  test.skipIf(!env)("knows a file that is not there by the commit it was told", async () => {
    const { commit, hfHome, python } = await setUp();
    await python(`
from huggingface_hub.errors import EntryNotFoundError
try:
  hf_hub_download("acme/tiny", "nope.json")
except EntryNotFoundError:
  print("1")`);
    const noted = join(hfHome, "hub/models--acme--tiny/.no_exist", commit);
    expect(await readdir(noted)).toEqual(["nope.json"]);
  });

  test.skipIf(!env)("downloads from a mirror below a path that answers all at once", async () => {
    const hub = await startTestHub({
      basePath: "/mirror",
      smallFiles: "direct",
      largeFiles: "direct",
    });
    onTestFinished(() => hub.close());
    await hub.addRepo("acme/tiny", FILES);
    const hfHome = await tempDir();
    const ran = await runPython(env as PythonEnv, ["hf", "download", "acme/tiny", "-q"], {
      hfHome,
      endpoint: hub.url,
    });
    expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
  });
});

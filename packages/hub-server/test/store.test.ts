import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import {
  createDirectoryStore,
  createHub,
  createMemoryStore,
  HubServerError,
  type RepoStore,
} from "../src/index.ts";
import { readBlob } from "../src/store/blob-source.ts";

type Files = Readonly<Record<string, string>>;

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Makes a store of either kind out of folders `org/name` or `org/name@revision`. */
const STORES: Readonly<
  Record<string, (repos: Readonly<Record<string, Files>>) => Promise<RepoStore>>
> = {
  memory: async (repos) => {
    const store = createMemoryStore();
    for (const [id, files] of Object.entries(repos)) {
      const [repoId = "", revision = "main"] = id.split("@");
      await store.addRepo(repoId, files, {
        revision: decodeURIComponent(revision),
        renamedFrom: [`${repoId}-old`],
      });
    }
    store.addUser({ name: "anna", tokens: ["hf_anna"] });
    return store;
  },
  directory: async (repos) => {
    const root = await tempDir();
    for (const [id, files] of Object.entries(repos)) await writeFiles(join(root, id), files);
    return createDirectoryStore(root, {
      users: [{ name: "anna", tokens: ["hf_anna"] }],
      repoOptions: (repoId) => ({ renamedFrom: [`${repoId}-old`] }),
    });
  },
};

const FILES: Files = {
  "README.md": "# tiny\n",
  "sub/b.txt": "b",
  "sub/a.txt": "a",
  "w.safetensors": "w",
};

describe.each(Object.keys(STORES))("a %s store", (kind) => {
  const make = (repos: Readonly<Record<string, Files>>): Promise<RepoStore> => {
    const create = STORES[kind];
    if (!create) throw new Error(kind);
    return create(repos);
  };

  test("lists and finds its repos, by a former id too", async () => {
    const store = await make({ "acme/tiny": FILES, "lab/x": {}, "acme/tiny@v1": FILES });
    const ids = (await store.list()).map((repo) => repo.repoId);
    expect(ids.toSorted()).toEqual(kind === "memory" ? ["acme/tiny", "lab/x"] : ["acme/tiny"]);
    expect((await store.find("acme/tiny-old"))?.repoId).toBe("acme/tiny");
    for (const id of [
      "acme/none",
      "acme",
      "",
      "../acme/tiny",
      "acme/../acme/tiny",
      "acme/tiny@v1",
      "acme/tiny\0",
      "x".repeat(5000),
    ]) {
      expect(await store.find(id)).toBeUndefined();
    }
  });

  test("has the files of a revision in order, with digests and bytes", async () => {
    const store = await make({ "acme/tiny": FILES });
    const repo = await store.find("acme/tiny");
    const [main] = (await repo?.refs()) ?? [];
    expect(main?.ref).toBe("refs/heads/main");
    const snapshot = await repo?.snapshot(main?.commit ?? "");
    expect(snapshot?.files.map((file) => file.path)).toEqual([
      "README.md",
      "sub/a.txt",
      "sub/b.txt",
      "w.safetensors",
    ]);
    expect(snapshot?.files[0]).toMatchObject({
      size: 7,
      oid: "8e2e871357bef652084a73f7173adc5eb8859a33",
      lfs: undefined,
    });
    expect(snapshot?.files[3]?.lfs?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const pieces: Uint8Array[] = [];
    for (const file of snapshot?.files ?? [])
      for await (const piece of readBlob(file.blob)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("# tiny\nabw");
    expect(await repo?.snapshot("0".repeat(40))).toBeUndefined();
    expect((await repo?.history(main?.commit ?? ""))?.map((at) => at.commit)).toEqual([
      main?.commit,
    ]);
    expect((await repo?.readMain("README.md"))?.size).toBe(7);
    expect(await repo?.readMain("../tiny/README.md")).toBeUndefined();
  });

  test("derives a commit from the content, another one for each repo and revision", async () => {
    const repos = {
      "acme/tiny": FILES,
      "acme/twin": FILES,
      "acme/tiny@refs%2Fpr%2F1": { "README.md": "x" },
    };
    const commits = async (store: RepoStore): Promise<Record<string, string>> => {
      const all: Record<string, string> = {};
      for (const repo of await store.list()) {
        for (const { ref, commit } of await repo.refs()) all[`${repo.repoId} ${ref}`] = commit;
      }
      return all;
    };
    const first = await commits(await make(repos));
    expect(Object.keys(first).toSorted()).toEqual([
      "acme/tiny refs/heads/main",
      "acme/tiny refs/pr/1",
      "acme/twin refs/heads/main",
    ]);
    expect(new Set(Object.values(first)).size).toBe(3);
    expect(await commits(await make(repos))).toEqual(first);
    for (const commit of Object.values(first)) expect(commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test("knows who a token belongs to", async () => {
    const store = await make({});
    expect((await store.userOf("hf_anna"))?.name).toBe("anna");
    expect(await store.userOf("hf_other")).toBeUndefined();
  });
});

test("a folder is looked at anew, and only changed files are digested again", async () => {
  const root = await tempDir();
  await writeFiles(join(root, "acme/tiny"), { "a.txt": "a", "b.txt": "b" });
  const store = await createDirectoryStore(root);
  const read = async () => {
    const repo = await store.find("acme/tiny");
    const [main] = (await repo?.refs()) ?? [];
    return repo?.snapshot(main?.commit ?? "");
  };
  const before = await read();
  expect(await read()).toBe(before);
  await writeFiles(join(root, "acme/tiny"), { "b.txt": "changed" });
  const after = await read();
  expect(after?.commit).not.toBe(before?.commit);
  expect(after?.files[0]).toBe(before?.files[0]);
  expect(after?.files[1]).not.toEqual(before?.files[1]);
});

test("a link may lead to a file inside the store, and nowhere else", async () => {
  const outside = await tempDir();
  await writeFiles(outside, { "secret.txt": "secret", "folder/x.txt": "x" });
  const root = await tempDir();
  const repo = join(root, "acme/tiny");
  await writeFiles(root, { "shared/blob": "shared", "acme/tiny/a.txt": "a" });
  await symlink(join(root, "shared/blob"), join(repo, "inside.txt"));
  await symlink(join(outside, "secret.txt"), join(repo, "outside.txt"));
  await symlink(join(outside, "folder"), join(repo, "folder"));
  await symlink(join(repo, "gone"), join(repo, "dangling"));
  await symlink(outside, join(root, "linked"));
  const hub = createHub({ store: await createDirectoryStore(root), smallFiles: "direct" });
  const get = (path: string): Promise<Response> => hub.fetch(new Request(`http://h${path}`));
  const tree = (await (await get("/api/models/acme/tiny/tree/main?recursive=1")).json()) as {
    path: string;
  }[];
  expect(tree.map((item) => item.path)).toEqual(["a.txt", "inside.txt"]);
  expect(await (await get("/acme/tiny/resolve/main/inside.txt")).text()).toBe("shared");
  expect((await get("/acme/tiny/resolve/main/outside.txt")).status).toBe(404);
  expect((await get("/api/models/linked/folder")).status).toBe(401);
});

test("what tools leave in a folder is not part of the repo", async () => {
  const root = await tempDir();
  await writeFiles(join(root, "acme/tiny"), {
    "a.txt": "a",
    ".gitattributes": "",
    ".git/HEAD": "ref",
    ".cache/huggingface/x.metadata": "x",
    ".DS_Store": "x",
    "sub/.DS_Store": "x",
    "bad\\name": "x",
  });
  const repo = await (await createDirectoryStore(root)).find("acme/tiny");
  const [main] = (await repo?.refs()) ?? [];
  const snapshot = await repo?.snapshot(main?.commit ?? "");
  expect(snapshot?.files.map((file) => file.path)).toEqual([".gitattributes", "a.txt"]);
});

test("commits and settings can be given", async () => {
  const root = await tempDir();
  await writeFiles(join(root, "acme/tiny"), { "a.txt": "a" });
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const store = await createDirectoryStore(root, {
    repoOptions: () => ({ likes: 7, commits: { main: commit } }),
  });
  const repo = await store.find("acme/tiny");
  expect(repo?.settings.likes).toBe(7);
  expect(await repo?.refs()).toEqual([{ ref: "refs/heads/main", commit }]);
});

test("a root that is no folder is refused with a code", async () => {
  const root = join(await tempDir(), "none");
  const failed = await createDirectoryStore(root).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(HubServerError);
  expect(failed).toMatchObject({ code: "hub-server/no-store", data: { root } });
});

test("a memory store refuses an id that is not org/name", async () => {
  await expect(createMemoryStore().addRepo("tiny", {})).rejects.toMatchObject({
    code: "hub-server/invalid-repo",
  });
});

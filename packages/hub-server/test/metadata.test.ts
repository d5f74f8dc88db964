import { expect, test } from "vitest";
import { COMMIT, goldenHub, PR_COMMIT, SHA256 } from "./golden-hub.ts";

test("model info has the Hub's fields, and the commit in its body alone", async () => {
  const { ask } = await goldenHub();
  const answer = await ask("/api/models/acme/tiny");
  expect(answer.headers.has("x-repo-commit")).toBe(false);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("etag")).toMatch(/^W\/"[0-9a-f]+-[\w+/=]+"$/);
  expect(await answer.json()).toMatchObject({
    _id: expect.stringMatching(/^[0-9a-f]{24}$/),
    id: "acme/tiny",
    modelId: "acme/tiny",
    author: "acme",
    sha: COMMIT,
    private: false,
    gated: false,
    disabled: false,
    downloads: 12,
    likes: 3,
    pipeline_tag: "text-generation",
    library_name: "mlx",
    config: { model_type: "llama" },
    safetensors: { parameters: { U8: 4 }, total: 4 },
    usedStorage: 186,
    siblings: expect.arrayContaining([{ rfilename: "sub/dir/notes.txt" }]),
  });
});

test("info answers at a branch, HEAD, a tag, a commit, its first digits and a pull request, encoded or not", async () => {
  const { ask } = await goldenHub();
  const shas: Record<string, unknown> = {};
  const short = COMMIT.slice(0, 7);
  for (const revision of ["main", "HEAD", "v1", COMMIT, short, "refs%2Fpr%2F1", "refs/pr/1"]) {
    const answer = await ask(`/api/models/acme/tiny/revision/${revision}?expand=sha`);
    shas[revision] = ((await answer.json()) as { sha: unknown }).sha;
  }
  expect(shas).toEqual({
    main: COMMIT,
    HEAD: COMMIT,
    v1: COMMIT,
    [COMMIT]: COMMIT,
    [short]: COMMIT,
    "refs%2Fpr%2F1": PR_COMMIT,
    "refs/pr/1": PR_COMMIT,
  });
});

test("an unencoded ref is taken apart where the Hub is told so", async () => {
  const { ask } = await goldenHub({ unencodedRefs: false });
  const answer = await ask("/api/models/acme/tiny/tree/refs/pr/1");
  expect(answer.status).toBe(404);
  expect(answer.headers.get("x-error-message")).toBe("Invalid rev id: refs");
});

test("expand leaves _id, id and what was asked for; blobs adds sizes and digests", async () => {
  const { ask } = await goldenHub();
  const expanded = await ask("/api/models/acme/tiny?expand=downloads&expand=gated");
  expect(Object.keys((await expanded.json()) as object)).toEqual([
    "_id",
    "id",
    "downloads",
    "gated",
  ]);
  const blobs = (await (await ask("/api/models/acme/tiny?blobs=True")).json()) as {
    siblings: unknown[];
  };
  expect(blobs.siblings).toContainEqual({
    rfilename: "model.safetensors",
    blobId: "07a046077f0a58beea34706f87b35e177709d581",
    size: 100,
    lfs: { sha256: SHA256, size: 100, pointerSize: 128 },
  });
  expect(blobs.siblings).toContainEqual({
    rfilename: "empty.txt",
    blobId: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    size: 0,
  });
});

test("the recursive tree lists every file and folder with git and LFS digests", async () => {
  const { ask } = await goldenHub();
  const answer = await ask(`/api/models/acme/tiny/tree/${COMMIT}?recursive=true&expand=false`);
  expect(answer.headers.has("x-repo-commit")).toBe(false);
  const oid = expect.stringMatching(/^[0-9a-f]{40}$/);
  expect(await answer.json()).toEqual([
    { type: "directory", oid, size: 0, path: "sub" },
    {
      type: "file",
      oid: "580d310c2d211aca166288a207e972ced9bb0100",
      size: 50,
      path: ".gitattributes",
    },
    { type: "file", oid: "8e2e871357bef652084a73f7173adc5eb8859a33", size: 7, path: "README.md" },
    {
      type: "file",
      oid: "479e18224e7827e7909c8a78f287e3306c1de8bb",
      size: 23,
      path: "config.json",
    },
    { type: "file", oid: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", size: 0, path: "empty.txt" },
    {
      type: "file",
      oid: "07a046077f0a58beea34706f87b35e177709d581",
      size: 100,
      path: "model.safetensors",
      lfs: { oid: SHA256, size: 100, pointerSize: 128 },
    },
    { type: "directory", oid, size: 0, path: "sub/dir" },
    {
      type: "file",
      oid: "ce013625030ba8dba906f756967f9e9ca394464a",
      size: 6,
      path: "sub/dir/notes.txt",
    },
  ]);
});

test("a tree that is not recursive stops at folders, and lists below one", async () => {
  const { ask } = await goldenHub();
  const paths = async (path: string): Promise<string[]> =>
    ((await (await ask(path)).json()) as { path: string }[]).map((item) => item.path);
  expect(await paths("/api/models/acme/tiny/tree/main")).toEqual([
    "sub",
    ".gitattributes",
    "README.md",
    "config.json",
    "empty.txt",
    "model.safetensors",
  ]);
  expect(await paths("/api/models/acme/tiny/tree/main/sub")).toEqual(["sub/dir"]);
  const missing = await ask("/api/models/acme/tiny/tree/main/nowhere");
  expect([missing.status, missing.headers.get("x-error-code")]).toEqual([404, "EntryNotFound"]);
});

test("a tree comes in pages, each with the absolute address of the next", async () => {
  const { ask } = await goldenHub({ treePageSize: 3 });
  const paths: string[] = [];
  let path: string | undefined = "/api/models/acme/tiny/tree/main?recursive=true";
  let pages = 0;
  while (path !== undefined) {
    const answer: Response = await ask(path);
    for (const item of (await answer.json()) as { path: string }[]) paths.push(item.path);
    pages += 1;
    const link: string | null = answer.headers.get("link");
    const next: string | undefined = /^<http:\/\/127\.0\.0\.1:9(\/[^>]+)>; rel="next"$/.exec(
      link ?? "",
    )?.[1];
    expect(next === undefined).toBe(link === null);
    path = next;
  }
  expect(pages).toBe(3);
  expect(new Set(paths).size).toBe(8);
});

test("paths-info takes a form or JSON and leaves unknown paths out", async () => {
  const { ask } = await goldenHub();
  const form = await ask("/api/models/acme/tiny/paths-info/main", {
    method: "POST",
    body: new URLSearchParams([
      ["paths", "config.json"],
      ["paths", "no"],
      ["expand", "True"],
    ]),
  });
  expect(await form.json()).toMatchObject([{ path: "config.json", lastCommit: { id: COMMIT } }]);
  const json = await ask(`/api/models/acme/tiny/paths-info/${COMMIT}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ paths: ["model.safetensors", "sub"], expand: false }),
  });
  expect(await json.json()).toMatchObject([
    { path: "model.safetensors", lfs: { oid: SHA256 } },
    { type: "directory", path: "sub" },
  ]);
});

test("paths-info refuses a body that says nothing", async () => {
  const { ask } = await goldenHub();
  for (const body of ["{", "[]", '{"paths":[1]}', "null"]) {
    const answer = await ask("/api/models/acme/tiny/paths-info/main", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(400);
  }
});

test("refs are listed by kind, pull requests only when asked for", async () => {
  const { ask } = await goldenHub();
  const main = { name: "main", ref: "refs/heads/main", targetCommit: COMMIT };
  const tag = { name: "v1", ref: "refs/tags/v1", targetCommit: COMMIT };
  expect(await (await ask("/api/models/acme/tiny/refs")).json()).toEqual({
    branches: [main],
    converts: [],
    tags: [tag],
  });
  const all = await ask("/api/models/acme/tiny/refs?include_prs=1");
  expect(await all.json()).toMatchObject({
    pullRequests: [{ name: "1", ref: "refs/pr/1", targetCommit: PR_COMMIT }],
  });
});

test("commits are listed newest first, counted and in pages", async () => {
  const { ask, store } = await goldenHub();
  const { commit } = await store.addRepo("acme/tiny", { "README.md": "# two\n" }, { title: "Two" });
  const answer = await ask("/api/models/acme/tiny/commits/main?limit=1");
  expect(answer.headers.get("x-total-count")).toBe("2");
  expect(answer.headers.get("link")).toContain("limit=1&cursor=");
  expect(await answer.json()).toMatchObject([
    { id: commit, title: "Two", message: "", authors: [{ user: "acme" }] },
  ]);
});

test("a new commit moves the branch; the old one stays readable", async () => {
  const { ask, store } = await goldenHub();
  await store.addRepo("acme/tiny", { "config.json": "{}" });
  const moved = (await (await ask("/api/models/acme/tiny?expand=sha")).json()) as { sha: string };
  expect(moved.sha).not.toBe(COMMIT);
  expect((await ask(`/acme/tiny/resolve/${COMMIT}/config.json`)).status).toBe(307);
});

test("every answer of the Hub carries its headers, and the quota of its bucket counted down", async () => {
  const { ask } = await goldenHub();
  const first = await ask("/api/models/acme/tiny");
  const second = await ask("/acme/tiny/resolve/main/config.json");
  const third = await ask("/api/models/acme/nothing");
  expect(first.headers.get("ratelimit")).toMatch(/^"api";r=499;t=\d+$/);
  expect(second.headers.get("ratelimit")).toMatch(/^"resolvers";r=2999;t=\d+$/);
  expect(third.headers.get("ratelimit")).toMatch(/^"api";r=498;t=\d+$/);
  expect(third.headers.get("x-request-id")).toMatch(
    /^Root=1-[0-9a-f]+-[0-9a-f]{24};[0-9a-f-]{36}$/,
  );
  expect(third.headers.get("x-powered-by")).toBe("huggingface-moon");
});

test("a request's own id ends the Hub's, and links lead where a proxy in front says that the Hub is", async () => {
  const { ask } = await goldenHub({ listPageSize: 1, basePath: "/hub" });
  const headers = {
    "x-amzn-trace-id": "my-id",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "hub.lan",
  };
  const answer = await ask("/hub/api/models/acme/tiny/tree/main?limit=1", { headers });
  expect(answer.headers.get("x-request-id")).toMatch(/^Root=1-[0-9a-f]+-[0-9a-f]{24};my-id$/);
  expect(answer.headers.get("link")).toMatch(/^<https:\/\/hub\.lan\/hub\/api\/models\/acme\//);
  const odd = await ask("/hub/api/models/acme/tiny/tree/main?limit=1", {
    headers: { "x-forwarded-proto": "javascript", "x-forwarded-host": "a>b" },
  });
  expect(odd.headers.get("link")).toMatch(/^<http:\/\/127\.0\.0\.1:9\/hub\//);
});

test("the anonymous are warned of lower limits, as topic and message, where the Hub is told so", async () => {
  const { ask } = await goldenHub({ anonymousWarning: true });
  const warningOf = async (path: string, token?: string) =>
    (await ask(path, token === undefined ? {} : { token })).headers.get("x-hf-warning");
  expect(await warningOf("/api/models/acme/tiny")).toMatch(/^unauthenticated; Warning: You are /);
  expect(await warningOf("/acme/tiny/resolve/main/config.json")).not.toBeNull();
  expect(await warningOf("/api/models/acme/tiny", "hf_anna")).toBeNull();
});

test("whoami answers to a good token only, and says of which kind it is", async () => {
  const { ask, store } = await goldenHub();
  const good = await ask("/api/whoami-v2", { token: "hf_anna" });
  expect(await good.json()).toMatchObject({
    type: "user",
    name: "anna",
    email: "anna@example.org",
    orgs: [{ name: "lab" }],
    auth: { type: "access_token", accessToken: { displayName: "token", role: "read" } },
  });
  expect((await ask("/api/whoami-v2")).status).toBe(401);
  expect((await ask("/api/whoami-v2", { token: "hf_bad" })).status).toBe(401);
  const tokenKinds = { hf_fine: "fineGrained", hf_oauth_x: "oauth" } as const;
  store.addUser({ name: "ben", tokens: Object.keys(tokenKinds), tokenKinds });
  const fine = (await (await ask("/api/whoami-v2", { token: "hf_fine" })).json()) as object;
  expect(fine).toMatchObject({
    auth: { accessToken: { fineGrained: { canReadGatedRepos: true, global: [], scoped: [] } } },
  });
  expect(fine).not.toHaveProperty("email");
  const oauth = (await (await ask("/api/whoami-v2", { token: "hf_oauth_x" })).json()) as object;
  expect(oauth).toMatchObject({ auth: { type: "oauth", expiresAt: expect.any(String) } });
});

test("a collection has a position, and one in a list has none and at most four items", async () => {
  const { ask, store } = await goldenHub();
  const ids = ["a", "b", "c", "d", "e"].map((name) => `acme/${name}`);
  for (const id of ids) await store.addRepo(id, { "README.md": id });
  const slug = "acme/picks-65a1b2c3d4e5f60718293a4d";
  const items = ids.map((repoId) => ({ repoId, note: "<b>" }));
  store.addCollection({ slug, title: "Picks", items });
  const single = (await (await ask(`/api/collections/${slug}`)).json()) as { items: unknown[] };
  expect(single).toMatchObject({ slug, position: 0, owner: { name: "acme" } });
  expect(single.items).toHaveLength(5);
  expect(single.items[0]).toMatchObject({
    id: "acme/a",
    note: { text: "<b>", html: "<p>&lt;b&gt;</p>" },
  });
  const listed = (await (await ask("/api/collections?owner=acme&item=models/acme/e")).json()) as {
    items: unknown[];
  }[];
  expect(listed).toHaveLength(1);
  expect(listed[0]).not.toHaveProperty("position");
  expect(listed[0]?.items).toHaveLength(4);
  expect(await (await ask("/api/collections?owner=nobody")).json()).toEqual([]);
});

import { get, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import {
  startTestHub,
  type Quirks,
  type TestHub,
  type TestHubOptions,
  type TestRepoOptions,
} from "../src/testing/index.ts";

const FILES = { "README.md": "# x\n", "sub/a.txt": "a", "empty.bin": "", "w.bin": { size: 100 } };

async function quirky(
  quirks: Quirks,
  { hub: hubOptions, repo }: { hub?: TestHubOptions; repo?: TestRepoOptions } = {},
): Promise<{ hub: TestHub; ask: (path: string, init?: RequestInit) => Promise<Response> }> {
  const hub = await startTestHub({ ...hubOptions, quirks });
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", FILES, repo);
  return { hub, ask: (path, init) => fetch(hub.url + path, { redirect: "manual", ...init }) };
}

const TREE = "/api/models/acme/tiny/tree/main?recursive=true";

async function entries(answer: Response): Promise<Record<string, unknown>[]> {
  return (await answer.json()) as Record<string, unknown>[];
}

test("hfd: blank directories, no codes, no commit on the API, an unknown revision that exists", async () => {
  const { ask } = await quirky(
    {
      blankDirectories: true,
      noErrorCodes: true,
      noRepoCommitOnApi: true,
      unknownRevisionOk: true,
      treeWithoutPages: true,
    },
    { hub: { treePageSize: 2 } },
  );
  const tree = await ask(TREE);
  expect([
    tree.headers.get("link"),
    tree.headers.get("content-length"),
    tree.headers.has("x-repo-commit"),
  ]).toEqual([null, null, false]);
  expect(await entries(tree)).toContainEqual({ oid: "", path: "", type: "", size: 0 });
  const info = await ask("/api/models/acme/tiny/revision/v9");
  expect([info.status, await info.json()]).toEqual([
    200,
    { id: "acme/tiny", sha: "", siblings: null },
  ]);
  expect((await ask("/api/models/acme/tiny/tree/v9")).status).toBe(500);
  const missing = await ask("/acme/tiny/resolve/main/nope");
  expect([missing.status, missing.headers.has("x-error-code"), await missing.text()]).toEqual([
    404,
    false,
    '{"error":"not found"}',
  ]);
});

test("hfd: an empty file is listed as LFS, and not found", async () => {
  const { ask } = await quirky({ emptyFileAsLfs: true });
  const found = (await entries(await ask(TREE))).find((entry) => entry["path"] === "empty.bin");
  expect(found?.["lfs"]).toMatchObject({ size: 0, pointerSize: 0 });
  expect((await ask("/acme/tiny/resolve/main/empty.bin")).status).toBe(404);
  expect((await ask("/acme/tiny/resolve/main/README.md")).status).toBe(307);
});

test("olah: a slash redirect, pages that lead elsewhere or repeat, refused listings", async () => {
  const { hub, ask } = await quirky(
    { treeSlashRedirect: true, nextPageElsewhere: true, cursorIgnored: true, listingRefused: true },
    { hub: { treePageSize: 2 } },
  );
  const redirect = await ask(TREE);
  expect([redirect.status, redirect.headers.get("location")]).toEqual([
    307,
    `${hub.url}/api/models/acme/tiny/tree/main/?recursive=true`,
  ]);
  const first = await fetch(hub.url + TREE);
  const next = /<(.*)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(next).toContain(`${hub.elsewhereUrl}/api/models/acme/tiny/tree/main`);
  const again = await fetch(next.replace(hub.elsewhereUrl, hub.url));
  expect(await again.json()).toEqual(await first.json());
  await fetch(next);
  expect(hub.log.of({ target: "elsewhere" })).toHaveLength(1);
  for (const path of ["/api/models?author=acme", "/api/collections"]) {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get("x-error-code")]).toEqual([401, "RepoNotFound"]);
  }
});

test("olah: encoded paths are not found", async () => {
  const { hub, ask } = await quirky({ encodedPathNotFound: true });
  await hub.addRepo("acme/odd", { "a?b.txt": "x", "a b.txt": "y" });
  expect((await ask("/acme/odd/resolve/main/a%3Fb.txt")).status).toBe(404);
  expect((await ask("/acme/odd/resolve/main/a%20b.txt")).status).toBe(307);
});

test("DingoSpeed: ranges come as 200, If-Range counts for nothing, and the ETag is elsewhere", async () => {
  const { ask } = await quirky({ lfsDirect: true, rangeAs200: true, ifRangeIgnored: true });
  const range = async (value: string) => {
    const answer = await ask("/acme/tiny/resolve/main/w.bin", {
      headers: { range: value, "if-range": '"stale"' },
    });
    return [
      answer.status,
      answer.headers.get("content-range"),
      (await answer.arrayBuffer()).byteLength,
    ];
  };
  expect(await range("bytes=0-9")).toEqual([200, null, 10]);
  expect(await range("bytes=-10")).toEqual([200, null, 11]);
  const { ask: other } = await quirky({
    unquotedLinkedEtag: true,
    rangeAs200: true,
    lfsDirect: true,
  });
  const beyond = await other("/acme/tiny/resolve/main/w.bin", { headers: { range: "bytes=500-" } });
  expect([beyond.status, await beyond.text()]).toEqual([200, ""]);
  const { headers } = await other("/acme/tiny/resolve/main/README.md");
  expect([headers.get("etag"), headers.get("x-linked-etag")]).toEqual([
    null,
    expect.stringMatching(/^[0-9a-f]{40}$/),
  ]);
});

test("the last hop's headers say nothing", async () => {
  const { ask } = await quirky({
    lastHopEtag: true,
    noAcceptRanges: true,
    fileContentType: "none",
    contentRangeWithoutUnit: true,
  });
  const file = await fetch(
    (await ask("/acme/tiny/resolve/main/w.bin")).headers.get("location") ?? "",
  );
  expect(file.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
  expect([file.headers.has("accept-ranges"), file.headers.has("content-type")]).toEqual([
    false,
    false,
  ]);
  const beyond = await ask("/acme/tiny/resolve/main/w.bin", {
    redirect: "follow",
    headers: { range: "bytes=100-" },
  });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "*/100"]);
});

test("LFS without a redirect has no X-Linked headers", async () => {
  const { ask } = await quirky({ lfsDirect: true, fileContentType: "text/event-stream" });
  const answer = await ask("/acme/tiny/resolve/main/w.bin");
  expect([
    answer.status,
    answer.headers.has("x-linked-etag"),
    answer.headers.get("content-type"),
  ]).toEqual([200, false, "text/event-stream"]);
  expect((await answer.arrayBuffer()).byteLength).toBe(100);
});

test("a redirect's promised body never comes", async () => {
  const { hub } = await quirky({ redirectWithoutBody: true });
  const url = `${hub.url}/acme/tiny/resolve/main/README.md`;
  const answer = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
  expect([answer.statusCode, answer.headers["content-length"]]).toEqual([307, "278"]);
  answer.on("error", () => {});
  answer.destroy();
  expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
});

test("a mirror below a path is complete below it", async () => {
  const { hub } = await quirky({}, { hub: { basePath: "/mirror" } });
  expect(hub.url).toMatch(/\/mirror$/);
  expect(await (await fetch(`${hub.url}/acme/tiny/resolve/main/sub/a.txt`)).text()).toBe("a");
  expect(hub.log.of({ target: "resolve", path: "sub/a.txt" })).toHaveLength(2);
  expect((await fetch(`${hub.url}/acme/tiny/resolve/main/w.bin`)).status).toBe(200);
});

test("quirks of one repo leave the others alone", async () => {
  const { hub, ask } = await quirky({}, { repo: { quirks: { noErrorCodes: true } } });
  await hub.addRepo("acme/plain", FILES);
  expect((await ask("/acme/tiny/resolve/main/nope")).headers.has("x-error-code")).toBe(false);
  expect((await ask("/acme/plain/resolve/main/nope")).headers.has("x-error-code")).toBe(true);
});

test("a tree lists whatever a test wants it to", async () => {
  const evil = [{ type: "file", path: "../../evil", size: -5, oid: "x" }, null, 7];
  const replaced = await quirky({}, { repo: { tree: evil }, hub: { treePageSize: 2 } });
  const answer = await replaced.ask(TREE);
  expect([await answer.json(), answer.headers.get("link")]).toEqual([evil, null]);
  const changed = await quirky(
    {},
    {
      repo: { tree: (all) => all.map((entry) => ({ ...entry, size: 1 })) },
    },
  );
  expect((await entries(await changed.ask(TREE))).every((entry) => entry["size"] === 1)).toBe(true);
});

test("a repo's commit, and what is said of its files, may be anything", async () => {
  const { hub, ask } = await quirky({});
  await hub.addRepo("acme/liar", FILES, {
    commit: "../../evil",
    declared: {
      "w.bin": { size: 5, sha256: "../../evil", xetHash: "*".repeat(64) },
      "README.md": { oid: "0".repeat(40) },
    },
  });
  expect(await (await ask("/api/models/acme/liar?expand=sha")).json()).toMatchObject({
    sha: "../../evil",
  });
  const tree = await entries(await ask("/api/models/acme/liar/tree/main"));
  expect(tree).toContainEqual(
    expect.objectContaining({
      path: "w.bin",
      size: 5,
      xetHash: "*".repeat(64),
      lfs: { oid: "../../evil", size: 5, pointerSize: expect.any(Number) },
    }),
  );
  const { headers } = await ask("/acme/liar/resolve/main/w.bin");
  expect([headers.get("x-linked-etag"), headers.get("x-linked-size")]).toEqual([
    '"../../evil"',
    "5",
  ]);
  expect((await ask("/acme/liar/resolve/main/README.md")).headers.get("etag")).toBe(
    `"${"0".repeat(40)}"`,
  );
  const bytes = await fetch(headers.get("location") ?? "");
  expect((await bytes.arrayBuffer()).byteLength).toBe(100);
});

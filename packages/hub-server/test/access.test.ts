import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { createDirectoryStore, createHub } from "../src/index.ts";
import { COMMIT, goldenHub, SHA256 } from "./golden-hub.ts";

const RESTRICTED =
  "Access to model acme/tiny is restricted. You must have access to it and be authenticated to access it. Please log in.";
const NOT_LISTED =
  "Access to model acme/tiny is restricted and you are not in the authorized list. Visit https://huggingface.co/acme/tiny to ask for access.";

const CHALLENGE = 'Bearer realm="Authentication required", charset="UTF-8"';

async function refusal(answer: Response) {
  const { headers } = answer;
  return {
    status: answer.status,
    code: headers.get("x-error-code"),
    message: headers.get("x-error-message"),
    type: headers.get("content-type"),
    challenge: headers.get("www-authenticate"),
    body: await answer.text(),
  };
}

test("a missing file is told with the commit, as text", async () => {
  const { ask } = await goldenHub();
  const answer = await ask("/acme/tiny/resolve/main/nope");
  expect(answer.headers.get("x-repo-commit")).toBe(COMMIT);
  expect(await refusal(answer)).toEqual({
    status: 404,
    code: "EntryNotFound",
    message: "Entry not found",
    type: "text/plain; charset=utf-8",
    challenge: null,
    body: "Entry not found",
  });
});

test("a missing revision is told as text on resolve and as JSON on the API", async () => {
  const { ask } = await goldenHub();
  const resolved = await refusal(await ask("/acme/tiny/resolve/v9/config.json"));
  expect(resolved).toMatchObject({
    status: 404,
    code: "RevisionNotFound",
    message: "Invalid rev id: v9",
    body: "Invalid rev id: v9",
  });
  const api = await refusal(await ask("/api/models/acme/tiny/revision/v9"));
  expect(api).toMatchObject({
    status: 404,
    code: "RevisionNotFound",
    body: '{"error":"Invalid rev id: v9"}',
  });
  expect(await refusal(await ask(`/api/models/acme/tiny/tree/${"0".repeat(40)}`))).toMatchObject({
    code: "RevisionNotFound",
  });
});

test("the anonymous cannot tell a private repo from none; others are told that there is none", async () => {
  const { ask, store } = await goldenHub();
  await store.addRepo("lab/secret", { a: "a" }, { private: true });
  await store.addRepo("corp/secret", { a: "a" }, { private: true });
  const unknown = await refusal(await ask("/api/models/lab/none"));
  expect(unknown).toEqual({
    status: 401,
    code: null,
    message: "Invalid username or password.",
    type: "application/json; charset=utf-8",
    challenge: CHALLENGE,
    body: '{"error":"Invalid username or password."}',
  });
  expect(await refusal(await ask("/api/models/lab/secret"))).toEqual(unknown);
  const hidden = await refusal(await ask("/corp/secret/resolve/main/a", { token: "hf_anna" }));
  expect(hidden).toMatchObject({
    status: 404,
    code: "RepoNotFound",
    body: '{"error":"Repository not found"}',
  });
  expect((await ask("/api/models/lab/secret", { token: "hf_anna" })).status).toBe(200);
  store.changeSettings("corp/secret", { readers: ["anna"] });
  expect((await ask("/api/models/corp/secret", { token: "hf_anna" })).status).toBe(200);
});

test("an unknown dataset or space is as unknown as any other repo, also where a model has its id", async () => {
  const { ask } = await goldenHub();
  expect((await ask("/api/datasets/acme/data")).status).toBe(401);
  const known = await ask("/api/spaces/acme/tiny/revision/main", { token: "hf_anna" });
  expect([known.status, known.headers.get("x-error-code")]).toEqual([404, "RepoNotFound"]);
  expect((await ask("/datasets/acme/tiny/resolve/main/config.json")).status).toBe(401);
});

test("a bad token is refused even where none is needed, from the moment it is revoked", async () => {
  const { ask, store } = await goldenHub();
  expect((await ask("/api/models/acme/tiny", { token: "hf_anna" })).status).toBe(200);
  store.revokeToken("hf_anna");
  expect(await refusal(await ask("/api/models/acme/tiny", { token: "hf_anna" }))).toMatchObject({
    status: 401,
    message: "Invalid username or password.",
    challenge: CHALLENGE,
  });
  const basic = await ask("/api/models/acme/tiny", { headers: { authorization: "Basic eDp5" } });
  expect(basic.status).toBe(401);
});

test("a gated repo shows its metadata to all and its files to who was accepted", async () => {
  const { ask, store } = await goldenHub();
  store.changeSettings("acme/tiny", { gated: "auto" });
  expect((await ask("/api/models/acme/tiny")).status).toBe(200);
  expect((await ask("/api/models/acme/tiny/tree/main")).status).toBe(200);
  const file = "/acme/tiny/resolve/main/config.json";
  expect(await refusal(await ask(file))).toMatchObject({
    status: 401,
    code: "GatedRepo",
    message: RESTRICTED,
    challenge: CHALLENGE,
    type: "text/plain; charset=utf-8",
    body: RESTRICTED,
  });
  expect(await refusal(await ask(file, { token: "hf_anna" }))).toMatchObject({
    status: 403,
    code: "GatedRepo",
    body: NOT_LISTED,
  });
  expect(await refusal(await ask("/api/models/acme/tiny/auth-check"))).toMatchObject({
    status: 401,
    code: "GatedRepo",
    body: JSON.stringify({ error: RESTRICTED }),
  });
  expect((await ask("/acme/tiny/raw/main/config.json")).status).toBe(401);
  store.changeSettings("acme/tiny", { accepted: ["anna"] });
  const mine = await ask(file, { token: "hf_anna" });
  expect([mine.status, mine.headers.get("content-type")]).toEqual([
    200,
    "text/plain; charset=utf-8",
  ]);
  const check = await ask("/api/models/acme/tiny/auth-check", { token: "hf_anna" });
  expect([check.status, await check.text()]).toEqual([200, "OK"]);
});

test("a gated repo says how the user's request stands", async () => {
  const { ask, store } = await goldenHub();
  const states = {
    none: NOT_LISTED,
    pending: "Your request to access model acme/tiny is awaiting a review from the repo authors.",
    rejected: "Your request to access model acme/tiny has been rejected by the repo's authors.",
    reset:
      "Your request to access model acme/tiny has been reset by the repo's authors. Visit https://huggingface.co/acme/tiny to submit a new request.",
  } as const;
  for (const [state, text] of Object.entries(states)) {
    const requests = state === "none" ? {} : { anna: state as "pending" };
    store.changeSettings("acme/tiny", { gated: "manual", requests });
    for (const path of ["/acme/tiny/resolve/main/config.json", "/api/models/acme/tiny/auth-check"])
      expect(await refusal(await ask(path, { token: "hf_anna" }))).toMatchObject({
        status: 403,
        code: "GatedRepo",
        message: text,
      });
  }
});

test("a gated repo gives its card and licence to all, by exactly these names at the root", async () => {
  const { ask, store } = await goldenHub();
  const files = {
    "README.md": "card",
    "LICENSE.txt": "terms",
    "readme.md": "no",
    "a/LICENSE": "no",
  };
  await store.addRepo("acme/gated", files, { gated: "auto" });
  const at = async (path: string) => {
    const answer = await ask(`/acme/gated/resolve/main/${path}`);
    return [answer.status, answer.headers.get("content-type"), await answer.text()];
  };
  const plain = "text/plain; charset=utf-8";
  expect(await at("README.md")).toEqual([200, plain, "card"]);
  expect(await at("LICENSE.txt")).toEqual([200, plain, "terms"]);
  expect(await at("LICENSE")).toEqual([404, plain, "Entry not found"]);
  for (const path of ["readme.md", "a/LICENSE", "LICENSE.rst", ".gitattributes"])
    expect((await at(path))[0]).toBe(401);
  expect((await ask("/acme/gated/raw/main/README.md")).status).toBe(401);
});

test("a tree masks the digests of a gated repo for users without access, and paths-info is refused", async () => {
  const { ask, store } = await goldenHub({ maskGated: true });
  store.changeSettings("acme/tiny", { gated: "manual", accepted: ["anna"] });
  const weights = async (token?: string) => {
    const tree = await ask("/api/models/acme/tiny/tree/main", token === undefined ? {} : { token });
    const items = (await tree.json()) as { path: string }[];
    return items.find((item) => item.path === "model.safetensors");
  };
  const { lfs, ...rest } = { lfs: { oid: SHA256, size: 100, pointerSize: 128 }, size: 100 };
  expect(await weights("hf_anna")).toMatchObject({ ...rest, lfs });
  expect(await weights()).toMatchObject({ ...rest, lfs: { ...lfs, oid: "*".repeat(64) } });
  const paths = await ask("/api/models/acme/tiny/paths-info/main", {
    method: "POST",
    body: new URLSearchParams({ paths: "model.safetensors" }),
  });
  expect(await refusal(paths)).toMatchObject({ status: 401, code: "GatedRepo" });
});

test("a refused token is refused in the Hub's words, on public repos and lists too", async () => {
  const { ask, store } = await goldenHub();
  const words = {
    unknown: "Invalid username or password.",
    expired: 'User Access Token "token" is expired',
    signature: "OAuth token signature verification failed: signature verification failed",
    malformed: "Invalid credentials in Authorization header",
  } as const;
  for (const [reason, text] of Object.entries(words)) {
    store.revokeToken("hf_anna", reason as keyof typeof words);
    for (const path of ["/api/models", "/acme/tiny/resolve/main/config.json", "/api/whoami-v2"])
      expect(await refusal(await ask(path, { token: "hf_anna" }))).toMatchObject({
        status: 401,
        code: null,
        message: text,
        body: path.startsWith("/api/") ? JSON.stringify({ error: text }) : text,
        challenge: CHALLENGE,
      });
  }
});

test("a disabled repo is refused without a code", async () => {
  const { ask, store } = await goldenHub();
  store.changeSettings("acme/tiny", { disabled: true });
  expect(await refusal(await ask("/acme/tiny/resolve/main/config.json"))).toMatchObject({
    status: 403,
    code: null,
    message: "Access to this resource is disabled.",
  });
});

test("a former id is redirected, query and all, on the API and on resolve", async () => {
  const { ask, store } = await goldenHub({ basePath: "/mirror" });
  store.changeSettings("acme/tiny", { renamedFrom: ["old/name", "legacy"] });
  for (const id of ["old/name", "legacy"]) {
    const tree = await ask(`/mirror/api/models/${id}/tree/main?recursive=true`);
    expect([tree.status, tree.headers.get("location")]).toEqual([
      307,
      "/mirror/api/models/acme/tiny/tree/main?recursive=true",
    ]);
    expect(await tree.text()).toBe(
      "Temporary Redirect. Redirecting to /mirror/api/models/acme/tiny/tree/main",
    );
    expect(tree.headers.has("x-repo-commit")).toBe(false);
    const info = await ask(`/mirror/api/models/${id}`);
    expect(info.headers.get("location")).toBe("/mirror/api/models/acme/tiny");
    const file = await ask(`/mirror/${id}/resolve/main/config.json`);
    expect([file.status, file.headers.get("location")]).toEqual([
      307,
      "/mirror/acme/tiny/resolve/main/config.json",
    ]);
  }
});

test("an id in other letter case leads to the repo, a former one to its new owner", async () => {
  const { ask, store } = await goldenHub();
  const ids = ["ACME/tiny", "acme/Tiny"];
  for (const id of ids) {
    const info = await ask(`/api/models/${id}/revision/main`);
    expect([info.status, info.headers.get("location")]).toEqual([
      307,
      "/api/models/acme/tiny/revision/main",
    ]);
  }
  await store.addRepo("new-owner/name", { a: "a" }, { renamedFrom: ["acme/moved"] });
  const moved = await ask("/acme/moved/resolve/main/a");
  expect(moved.headers.get("location")).toBe("/new-owner/name/resolve/main/a");
  const root = await tempDir();
  await mkdir(join(root, "Acme/Tiny-4bit"), { recursive: true });
  const folders = createHub({ store: await createDirectoryStore(root) });
  const other = await folders.fetch(new Request("http://h/api/models/acme/tiny-4BIT"));
  expect([other.status, other.headers.get("location")]).toEqual([
    307,
    "/api/models/Acme/Tiny-4bit",
  ]);
});

test("nothing is served above the base path", async () => {
  const { ask } = await goldenHub({ basePath: "/mirror/" });
  expect((await ask("/api/models/acme/tiny")).status).toBe(404);
  expect((await ask("/mirror/api/models/acme/tiny")).status).toBe(200);
});

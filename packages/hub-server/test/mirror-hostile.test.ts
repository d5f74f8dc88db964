import { createHash } from "node:crypto";
import { connect } from "node:net";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, it, onTestFinished } from "vitest";
import { serveMirror, type MirrorUpstream, type RepoName } from "../src/index.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const SECRET = "this is not for everyone";
const PUBLIC = "weights for everyone";
const REQUESTS = Number(process.env["MLX_DOWNLOAD_HOSTILE_REQUESTS"] ?? 1000);

/** A cache with a public and a private repo, and secrets beside them. */
async function cacheWithSecrets(): Promise<string> {
  const home = await tempDir();
  const cacheDir = join(home, "hub");
  await writeFile(join(home, "token"), SECRET);
  for (const [repo, content] of [
    ["models--acme--open", PUBLIC],
    ["models--acme--own", SECRET],
  ] as const) {
    const dir = join(cacheDir, repo);
    const sha256 = createHash("sha256").update(content).digest("hex");
    await mkdir(join(dir, "blobs"), { recursive: true });
    await mkdir(join(dir, "refs"), { recursive: true });
    await mkdir(join(dir, "snapshots", COMMIT), { recursive: true });
    await writeFile(join(dir, "blobs", sha256), content);
    await writeFile(join(dir, "refs/main"), COMMIT);
    await symlink(`../../blobs/${sha256}`, join(dir, "snapshots", COMMIT, "w.safetensors"));
  }
  await symlink(
    "../../../../token",
    join(cacheDir, "models--acme--open/snapshots", COMMIT, "escape"),
  );
  return cacheDir;
}

/** A Hub that knows one public repo, and is asked for nothing else. */
function hubOf(asked: string[]): MirrorUpstream {
  const refuse = (): never => {
    throw Object.assign(new Error("not here"), { code: "hub/repo-not-found" });
  };
  return {
    url: "http://hub.invalid",
    access: ({ repoId }: RepoName) => {
      asked.push(repoId);
      return Promise.resolve(repoId === "acme/open" ? "open" : "none");
    },
    snapshot: async ({ repoId }) => {
      if (repoId !== "acme/open") refuse();
      const hex = createHash("sha256").update(PUBLIC).digest("hex");
      const digest = { algorithm: "sha256", hex } as const;
      const blobId = "0".repeat(40);
      const size = PUBLIC.length;
      return { commit: COMMIT, files: [{ path: "w.safetensors", size, digest, blobId }] };
    },
    fetch: async () => refuse(),
  };
}

async function startMirror(): Promise<{ port: number; cacheDir: string; asked: string[] }> {
  const cacheDir = await cacheWithSecrets();
  const asked: string[] = [];
  const mirror = await serveMirror({ cacheDir, upstream: hubOf(asked), pullThrough: true });
  onTestFinished(() => mirror.close({ graceMs: 0 }));
  return { port: mirror.port, cacheDir, asked };
}

/** Writes raw bytes and resolves with all that comes back until the other side ends, or answers once. */
async function send(port: number, raw: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let got = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("data", (chunk) => {
    got += chunk.toString("latin1");
    if (/\r\n\r\n/.test(got)) socket.end();
  });
  // A request that never ends is cut by the mirror after 30 s. Nobody waits for that here.
  socket.setTimeout(700, () => socket.destroy());
  socket.on("error", () => resolve());
  socket.on("close", () => resolve());
  socket.write(raw, "latin1");
  await promise;
  return got;
}

const ESCAPES = [
  "..",
  "%2e%2e",
  "..%2f",
  "%2e%2e%2f",
  "..\\",
  "%5c..",
  "%00",
  "....//",
  "~",
  "%c0%ae%c0%ae",
  "C:",
  "/",
  "//",
  ".",
  "%252e%252e",
  "\u202e",
  "a".repeat(300),
];
const NAMES = [
  "acme/own",
  "acme/open",
  "acme--own",
  "models--acme--own",
  "Acme/Own",
  "acme/own%20",
  "acme%2fown",
  "hub",
  "token",
  "",
];
const PLACES = [
  "resolve/main",
  `resolve/${COMMIT}`,
  "raw/main",
  "resolve/refs%2fpr%2f1",
  "tree/main",
  "resolve",
  `resolve/${"0".repeat(40)}`,
];
const FILES = [
  "w.safetensors",
  "escape",
  "token",
  "refs/main",
  ".mlx-download/mirror.json",
  "blobs",
  "",
];
const PREFIXES = [
  "",
  "/api/models",
  "/api/datasets",
  "/datasets",
  "/v2",
  "/api/resolve-cache/models",
  "/.mlx-download/blobs/sha256",
  "http://169.254.169.254/latest",
];
const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PROPFIND",
];
const HEADERS = [
  "Range: bytes=0-0,1-1,2-2",
  `Range: bytes=${"0-1,".repeat(500)}0-1`,
  "Range: bytes=99999999999999999999-",
  "Range: bytes=-0",
  "Transfer-Encoding: chunked\r\nContent-Length: 3",
  "Content-Length: 3\r\nContent-Length: 4",
  "Transfer-Encoding: xchunked",
  "Content-Length: 5",
  "Authorization: Bearer \u00ff\u0001",
  `Authorization: Bearer ${"x".repeat(5000)}`,
  "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: javascript",
  "X-Original-URI: /acme/own/resolve/main/w.safetensors",
  "Host: acme.own",
  "Expect: 100-continue",
  "Upgrade: h2c\r\nConnection: Upgrade",
  " folded: x",
  `X-Long: ${"y".repeat(20_000)}`,
];

/** The n-th of all requests that the lists make, in an order that mixes them. */
function hostileRequest(n: number): string {
  let rest = n * 2_654_435_761;
  const pick = <T>(from: readonly T[]): T => {
    rest = (rest * 1_103_515_245 + 12_345) % 2_147_483_648;
    return from[rest % from.length] as T;
  };
  const path = [pick(PREFIXES), pick(NAMES), pick(PLACES), pick(ESCAPES), pick(FILES)].filter(
    (_, index) => (n >> index) % 3 !== 1,
  );
  const headers = ["Host: 127.0.0.1", pick(HEADERS), ...(n % 2 === 0 ? [pick(HEADERS)] : [])];
  const target = `/${path.join("/")}`.replace("/http", "http");
  return `${pick(METHODS)} ${target} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\nabc`;
}

it(`gives no secret to ${REQUESTS} hostile requests, writes nothing, and goes on serving`, async () => {
  const { port, cacheDir, asked } = await startMirror();
  const before = (await readdir(cacheDir, { recursive: true })).toSorted();
  const numbers = Array.from({ length: REQUESTS }, (_, index) => index).values();
  const lane = async (): Promise<void> => {
    for (const n of numbers) {
      const answer = await send(port, hostileRequest(n));
      expect(answer, hostileRequest(n).slice(0, 300)).not.toContain(SECRET);
      expect(answer, hostileRequest(n).slice(0, 300)).not.toMatch(/^HTTP\/1\.1 5\d\d/);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  const isRecord = (name: string): boolean => name.includes(".mlx-download");
  const after = (await readdir(cacheDir, { recursive: true })).toSorted();
  expect(after.filter((name) => !isRecord(name))).toEqual(before);
  expect(asked.every((repoId) => /^[\w.-]+(?:\/[\w.-]+)?$/.test(repoId))).toBe(true);
  const good = await fetch(`http://127.0.0.1:${port}/acme/open/resolve/main/w.safetensors`);
  expect(await good.text()).toBe(PUBLIC);
}, 600_000);

it("serves no file that a link in the cache leads out to", async () => {
  const cacheDir = await cacheWithSecrets();
  const mirror = await serveMirror({ cacheDir, share: "all" });
  onTestFinished(() => mirror.close({ graceMs: 0 }));
  const at = `${mirror.url}/acme/open/resolve/${COMMIT}`;
  expect((await fetch(`${at}/w.safetensors`)).status).toBe(200);
  expect((await fetch(`${at}/escape`)).status).toBe(404);
  const tree = await fetch(`${mirror.url}/api/models/acme/open/tree/main`);
  expect(await tree.text()).not.toContain("escape");
});

it("lets nobody smuggle a second request behind a GET with a body", async () => {
  const { port } = await startMirror();
  const inner = "GET /acme/open/resolve/main/w.safetensors HTTP/1.1\r\nHost: a\r\n\r\n";
  const answer = await send(
    port,
    `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(answer).not.toContain(PUBLIC);
});

it("answers a bomb of ranges with the file once", async () => {
  const { port } = await startMirror();
  const answer = await fetch(`http://127.0.0.1:${port}/acme/open/resolve/main/w.safetensors`, {
    headers: { range: `bytes=${"0-,".repeat(1000)}0-` },
  });
  expect(await answer.text()).toBe(PUBLIC);
});

import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { download } from "../../src/download/download.ts";
import { failure, filesBelow, provedBlobs } from "../fixture.ts";
import { serve } from "../serve.ts";

const COMMIT = "c".repeat(40);
const SMALL = Buffer.from('{"model_type":"llama"}\n'.repeat(2000));
const LARGE = Buffer.alloc(3_000_000, "weights of a model, which compress well; ");

interface Answer {
  readonly type?: string;
  readonly encoding?: string;
  readonly body: Buffer;
}

/** The least that a Hub is, for a repo of two files; `answerTo` says what the nth request for a file gets. */
async function startHub(
  answerTo: (file: Buffer, count: number) => Answer,
): Promise<{ readonly cacheDir: string; readonly get: () => Promise<unknown> }> {
  const counts = new Map<Buffer, number>();
  const { url } = await serve((request, response) => {
    const path = request.url ?? "";
    const json = (value: unknown): void => void response.end(JSON.stringify(value));
    if (path.includes("/revision/")) return json({ sha: COMMIT });
    if (path.includes("/tree/")) return json([entry("config.json", SMALL), entry("model", LARGE)]);
    const file = path.endsWith("/model") ? LARGE : SMALL;
    const count = (counts.get(file) ?? 0) + 1;
    counts.set(file, count);
    const { type = "application/octet-stream", encoding, body } = answerTo(file, count);
    response.writeHead(200, {
      "content-type": type,
      "content-length": body.length,
      ...(encoding !== undefined && { "content-encoding": encoding }),
    });
    response.end(body);
  });
  const cacheDir = join(await tempDir(), "hub");
  const options = { env: {}, endpoint: url, cacheDir, token: false } as const;
  return { cacheDir, get: () => download("acme/encoded", options) };
}

function entry(path: string, bytes: Buffer): object {
  const hash = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes);
  return { type: "file", path, size: bytes.length, oid: hash.digest("hex") };
}

const broken = (gzip: Buffer): Buffer => Buffer.from(gzip).fill(0xff, 10, 40);

test.each<[string, (file: Buffer) => Answer]>([
  [
    "compressed data that breaks off",
    (file) => ({ encoding: "gzip", body: gzipSync(file).subarray(0, 60) }),
  ],
  [
    "compressed data that is broken",
    (file) => ({ encoding: "gzip", body: broken(gzipSync(file)) }),
  ],
  ["a web page", () => ({ type: "text/html", body: Buffer.from("<html>Log in</html>") })],
])(
  "%s is asked for again; when it stays so, a coded error",
  async (what, wrong) => {
    const once = await startHub((file, count) => (count === 1 ? wrong(file) : { body: file }));
    await once.get();
    expect(await provedBlobs(once.cacheDir, "acme/encoded")).toHaveLength(2);

    const always = await startHub((file) => (file === LARGE ? { body: file } : wrong(file)));
    const error = await failure(always.get());
    expect(error.code).toBe(what.endsWith("off") ? "transfer/interrupted" : "hub/bad-response");
    expect(await filesBelow(join(always.cacheDir, "models--acme--encoded", "refs"))).toEqual([]);
  },
  30_000,
);

test("a file that calls itself a web page is what its bytes are", async () => {
  const { cacheDir, get } = await startHub((file) => ({ type: "text/html", body: file }));
  await get();
  expect(await provedBlobs(cacheDir, "acme/encoded")).toHaveLength(2);
});

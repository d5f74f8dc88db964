import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { downloadFile } from "@huggingface/hub";
import { pythonEnv, type PythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestHub, type TestHub, type TestXet } from "../../src/testing/index.ts";
import { readBlob } from "../../src/store/blob-source.ts";
import { runPython } from "./run-python.ts";

const env = pythonEnv("hub-2.4.0");
const peer = fileURLToPath(new URL("hf_xet_peer.py", import.meta.url));
const text = Buffer.from("The quick brown fox jumps over the lazy dog. ".repeat(80_000));
const FILES = {
  "config.json": "{}",
  "model.safetensors": { size: 7_000_000, seed: 3 },
  "text.bin": text,
  "zeros.bin": Buffer.alloc(3_000_000),
} as const;

async function setUp(): Promise<{ readonly hub: TestHub; readonly xet: TestXet }> {
  const hub = await startTestHub({ xet: true });
  onTestFinished(() => hub.close());
  return { hub, xet: hub.xet as TestXet };
}

async function hfXet(xet: TestXet, args: readonly string[]): Promise<unknown> {
  const { token, expiresAt } = xet.writeToken();
  const all = [peer, xet.casUrl, token, String(expiresAt), ...args];
  const ran = await run(env?.python ?? "", all, {
    env: { ...process.env, HF_XET_TELEMETRY_ENABLED: "0" },
  });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
}

test.skipIf(!env)(
  "takes the uploads of hf_xet under the hashes that it computes, too",
  async () => {
    const { hub, xet } = await setUp();
    const dir = await tempDir();
    const paths: string[] = [];
    for (const [name, content] of Object.entries({ text, noise: splitmix(2_000_000) })) {
      paths.push(join(dir, name));
      await writeFile(join(dir, name), content);
    }
    const uploaded = (await hfXet(xet, ["upload", ...paths])) as { hash: string; size: number }[];
    expect(
      hub.log.of({ target: "cas", method: "POST" }).map(({ path }) => path.split("/")[2]),
    ).toEqual(expect.arrayContaining(["xorbs", "shards"]));
    for (const [index, path] of paths.entries()) {
      const { hash = "", size = 0 } = uploaded[index] ?? {};
      const copy = join(dir, "copy");
      await hfXet(xet, ["download", copy, hash, String(size)]);
      expect((await readFile(copy)).equals(await readFile(path))).toBe(true);
      const other = await startTestHub({ xet: true });
      onTestFinished(() => other.close());
      const blob = { path };
      const { commit } = await other.addRepo("a/b", { "model.safetensors": blob });
      const [file] = (await (await other.store.find("a/b"))?.snapshot(commit))?.files ?? [];
      expect(file?.xetHash).toBe(hash);
    }
  },
);

test.skipIf(!env).each([1, 2] as const)(
  "gives its files to hf_xet (version %i)",
  async (version) => {
    const { hub, xet } = await setUp();
    xet.behaviour.versions = [version];
    await hub.addRepo("acme/model", FILES, { xet: { chunksPerXorb: 30 } });
    const [repo] = await hub.store.list();
    const commit = (await repo?.refs())?.[0]?.commit ?? "";
    for (const file of (await repo?.snapshot(commit))?.files ?? []) {
      if (file.xetHash === undefined) continue;
      const copy = join(await tempDir(), "copy");
      await hfXet(xet, ["download", copy, file.xetHash, String(file.size)]);
      const pieces: Uint8Array[] = [];
      for await (const piece of readBlob(file.blob)) pieces.push(piece);
      expect((await readFile(copy)).equals(Buffer.concat(pieces)), file.path).toBe(true);
    }
  },
);

describe.each(["hub-2.4.0", "hub-1.33.0"] as const)("huggingface_hub of %s", (name) => {
  const python = pythonEnv(name);
  test.skipIf(!python)("takes large files from the Xet storage", async () => {
    const { hub } = await setUp();
    await hub.addRepo("acme/model", FILES);
    const program = `from huggingface_hub import snapshot_download\nprint(snapshot_download("acme/model"))`;
    const options = { hfHome: await tempDir(), endpoint: hub.url };
    const ran = await runPython(python as PythonEnv, ["python", "-c", program], options);
    expect(ran.code, ran.stderr).toBe(0);
    const path = ran.stdout.trim();
    expect((await readFile(join(path, "text.bin"))).equals(text)).toBe(true);
    expect(hub.log.of({ target: "cdn" })).toEqual([]);
    expect(hub.log.of({ target: "xorb" }).length).toBeGreaterThan(0);
  });
});

test("@huggingface/hub takes a file from the Xet storage", async () => {
  const { hub } = await setUp();
  await hub.addRepo("acme/model", FILES);
  const blob = await downloadFile({
    repo: "acme/model",
    path: "text.bin",
    hubUrl: hub.url,
    xet: true,
  });
  expect(Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer()).equals(text)).toBe(true);
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
});

/** Bytes that cannot be packed. */
function splitmix(size: number): Uint8Array {
  const words = new BigUint64Array(size / 8);
  let state = 9n;
  for (let index = 0; index < words.length; index += 1) {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    words[index] = z ^ (z >> 31n);
  }
  return new Uint8Array(words.buffer);
}

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createDecodeThreads, parseXorb } from "../src/index.ts";
import { downloadFile } from "./download.ts";
import { seeded, someContent } from "./random.ts";
import { storeFile } from "./store-file.ts";
import { startTestCas, type TestCas } from "./test-cas.ts";
import { splitmix } from "./vectors.ts";

const env = pythonEnv("hub-2.4.0");
const peer = fileURLToPath(new URL("hf_xet_peer.py", import.meta.url));
const threads = createDecodeThreads();
afterAll(() => threads.close());

async function cas(): Promise<TestCas> {
  const started = await startTestCas();
  onTestFinished(() => started.close());
  return started;
}

async function hfXet(
  args: readonly string[],
  policy: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const environment = { ...process.env, ...policy, HF_XET_TELEMETRY_ENABLED: "0" };
  const { code, stdout, stderr } = await run(env?.python ?? "", [peer, ...args], {
    env: environment,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Weights like those of a trained model: small normal numbers in bf16. */
function bf16(count: number): Uint8Array {
  const random = seeded(11);
  const floats = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    floats[index] = 0.02 * radius * Math.cos(2 * Math.PI * random());
  }
  const words = new Uint16Array(floats.buffer).filter((_, index) => index % 2 === 1);
  return new Uint8Array(words.buffer);
}

const contents: Readonly<Record<string, () => Uint8Array>> = {
  "bf16.safetensors": () => bf16(3_000_000),
  "noise.bin": () => splitmix(21, 3_000_000),
  "text.json": () => someContent(seeded(3), 2_000_000),
  "zeros.bin": () => new Uint8Array(4_000_000),
  "one.txt": () => Uint8Array.of(97),
  "empty.bin": () => new Uint8Array(),
};

for (const policy of ["auto", "none", "lz4", "bg4-lz4"]) {
  test.skipIf(!env)(
    `files that hf_xet uploads (${policy}) come back byte by byte with its hash`,
    async () => {
      const storage = await cas();
      const dir = await tempDir();
      const paths: string[] = [];
      for (const [name, make] of Object.entries(contents)) {
        const path = join(dir, name);
        await writeFile(path, make());
        paths.push(path);
      }
      const set = policy === "auto" ? {} : { HF_XET_XORB_COMPRESSION_POLICY: policy };
      const uploaded = (await hfXet([storage.url, "upload", ...paths], set)) as {
        readonly hash: string;
        readonly size: number;
      }[];
      expect(uploaded).toHaveLength(paths.length);
      const schemes = new Set(
        [...storage.xorbs.values()].flatMap((xorb) =>
          parseXorb(xorb).chunks.map((one) => one.scheme),
        ),
      );
      expect([...schemes].toSorted((a, b) => a - b)).toEqual(
        { auto: [0, 1, 2], none: [0], lz4: [0, 1], "bg4-lz4": [0, 2] }[policy],
      );
      for (const [index, path] of paths.entries()) {
        const { hash: fileHash = "", size = 0 } = uploaded[index] ?? {};
        const { content } = await downloadFile(
          { fileHash, size },
          { url: storage.url, threads, path: join(dir, "copy") },
        );
        expect(Buffer.compare(content, await readFile(path)), path).toBe(0);
      }
    },
  );
}

for (const version of [1, 2] as const) {
  test.skipIf(!env)(
    `hf_xet downloads from the storage of our tests (version ${version})`,
    async () => {
      const storage = await cas();
      storage.versions = [version];
      const dir = await tempDir();
      const data = someContent(seeded(8), 3_000_000);
      for (const scheme of [0, 1, 2] as const) {
        // Each content of its own: what is stored already is not packed again.
        const content = data.with(0, scheme);
        const hash = storeFile(storage, content, { scheme, perXorb: 13 });
        const path = join(dir, `copy-${scheme}`);
        await hfXet([storage.url, "download", path, hash, String(content.length)]);
        expect(Buffer.compare(await readFile(path), content)).toBe(0);
      }
    },
  );
}

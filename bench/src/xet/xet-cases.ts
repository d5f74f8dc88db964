import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareWays, measured, told, type WaysBench } from "../compare-ways.ts";
import type { CaseName } from "../options.ts";
import type { CaseRuns, Run } from "../run-case.ts";
import { type WeightKind, writeWeights } from "./write-weights.ts";

/** What the cases of Xet storage need; nothing is served. */
export interface XetBench extends WaysBench {
  /** A Python that has hf_xet, where there is one. */
  readonly python: string | undefined;
  /** Removed afterwards. */
  readonly folder: string;
}

/** The names of the cases that {@link runXetCase} knows, and what they decode. */
export const xetCases: ReadonlyMap<CaseName, WeightKind> = new Map([
  ["X1", "bf16"],
  ["X2", "4-bit"],
]);

const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Measures what decoding costs, without a network: ours in one thread, hf_xet's whole copy from a store on this disk. */
export async function runXetCase(name: CaseName, bench: XetBench): Promise<CaseRuns> {
  const kind = xetCases.get(name) ?? "bf16";
  const size = bench.quick ? 2_000_000 : 256_000_000;
  const weights = join(bench.folder, "weights");
  const store = join(bench.folder, "store");
  try {
    mkdirSync(bench.folder, { recursive: true });
    writeWeights(weights, kind, size);
    const uploaded =
      bench.python === undefined ? undefined : await upload(bench.python, store, weights);
    const xorbs = uploaded ? join(store, "xet/xorbs/xorbs") : storeAsIs(bench.folder, weights);
    const of = uploaded
      ? `${kind} weights that hf_xet uploaded`
      : `${kind} weights, stored as they are`;
    const title = `decode and hash ${size / 1e6} MB of ${of}, in one thread`;
    bench.say(`\n${name}: ${title}`);
    const script = scriptOf("decode-xorbs.ts");
    const decode = (way: string) => (): Promise<Run> => told([script, way, xorbs, String(size)]);
    const copy = ["download", store, ...(uploaded ?? []), join(bench.folder, "copy")];
    const argv = [bench.python ?? "", scriptOf("hf_xet_copy.py"), ...copy];
    return await compareWays({ name, title }, bench, [
      ["@mlx-download/xet, kernel", decode("kernel")],
      ["@mlx-download/xet, plain JavaScript", decode("javascript")],
      [
        "hf_xet, all threads, writes a file, proves nothing",
        uploaded && (() => measured({ argv }, bench)),
      ],
    ]);
  } finally {
    rmSync(bench.folder, { recursive: true, force: true });
  }
}

/** Hash and size of the file. */
async function upload(python: string, store: string, path: string): Promise<readonly string[]> {
  const script = scriptOf("hf_xet_copy.py");
  const { stdout } = await promisify(execFile)(python, [script, "upload", store, path]);
  return stdout.trim().split(" ");
}

/** Where hf_xet is missing: xorbs of chunks that are not packed. */
function storeAsIs(folder: string, path: string): string {
  const xorbs = join(folder, "xorbs");
  mkdirSync(xorbs, { recursive: true });
  const content = readFileSync(path);
  const chunkBytes = 65_536;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += chunkBytes) {
    const chunk = content.subarray(at, at + chunkBytes);
    const length = [chunk.length & 255, (chunk.length >> 8) & 255, chunk.length >> 16];
    parts.push(Uint8Array.from([0, ...length, 0, ...length]), chunk);
  }
  writeFileSync(join(xorbs, `default.${"0".repeat(64)}`), Buffer.concat(parts));
  return xorbs;
}

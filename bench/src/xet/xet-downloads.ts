import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareWays, measured } from "../compare-ways.ts";
import type { Step } from "../measure/measure.ts";
import type { CaseName } from "../options.ts";
import type { CaseRuns, Run } from "../run-case.ts";
import { type WeightKind, writeWeights } from "./write-weights.ts";
import type { XetBench } from "./xet-cases.ts";
import type { XetServerReply, XetServerRequest } from "./xet-server.ts";

/** The cases of whole downloads through Xet storage, and what they bring. */
export const xetDownloads: ReadonlyMap<CaseName, XetDownload> = new Map([
  ["X3", { kind: "bf16", what: "bf16 weights" }],
  ["X4", { kind: "4-bit", what: "4-bit weights" }],
  ["X5", { kind: "4-bit", what: "an edited revision of a file that is here", here: "former" }],
  ["X6", { kind: "4-bit", what: "the way back from an edited revision", here: "edited" }],
  [
    "X7",
    { kind: "4-bit", what: "the way back, by whole listed ranges", here: "edited", whole: true },
  ],
]);

interface XetDownload {
  readonly kind: WeightKind;
  readonly what: string;
  /** The revision that is in the cache before. */
  readonly here?: "former" | "edited";
  /** Whether the storage gives no parts of listed ranges. */
  readonly whole?: boolean;
}

const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Published {
  readonly path: string;
  /** The file's Xet hash and size, as hf_xet told them. */
  readonly hash: string;
  readonly bytes: string;
}

/** Measures downloads of a file that hf_xet uploaded to the embedded Hub, or of its edited revision. */
export async function runXetDownload(
  name: CaseName,
  bench: XetBench & { readonly cli: string },
): Promise<CaseRuns> {
  const { kind, what, here, whole } = xetDownloads.get(name) as XetDownload;
  const size = bench.quick ? 4_000_000 : 1_000_000_000;
  const { folder, python, cli, say } = bench;
  if (python === undefined) {
    const title = `${size / 1e6} MB, ${what}, through Xet storage`;
    const missing = "hf_xet, which uploads the file, is not installed";
    const peer = "mlx-download --xet on";
    return { of: { name, title }, peers: [{ peer, verifies: true, runs: [], missing }] };
  }
  mkdirSync(folder, { recursive: true });
  const server = await startXetServer(join(folder, "server"), whole);
  try {
    const title = `${size / 1e6} MB, ${what}, through Xet storage; ${server.ready.server} serves`;
    say(`\n${name}: ${title}`);
    const { url = "", casUrl = "", token = "", expiresAt = 0 } = server.ready;
    const storage = [casUrl, token, String(expiresAt)];
    const peer = (...args: string[]): string[] => [python, scriptOf("hf_xet_peer.py"), ...args];
    const uploading = { ...process.env, HF_XET_CACHE: join(folder, "uploads") };
    const upload = async (path: string): Promise<Published> => {
      const [program = "", ...args] = peer("upload", ...storage, path);
      const { stdout } = await promisify(execFile)(program, args, { env: uploading });
      const [hash = "", bytes = ""] = stdout.trim().split(" ");
      return { path, hash, bytes };
    };
    const serve = ({ path, hash }: Published): Promise<XetServerReply> =>
      server.ask({ type: "serve", repoId: "bench/model", path, hash });
    const cache = join(folder, "cache");
    const copy = join(folder, "copy");
    const get = (...args: string[]): Step => ({
      argv: [process.execPath, cli, "get", "bench/model", "--cache-dir", cache, "-q", ...args],
      env: { HF_ENDPOINT: url, HF_HOME: join(folder, "home"), HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" },
    });
    const weights = join(folder, "weights");
    writeWeights(weights, kind, size);
    let published = await upload(weights);
    await serve(published);
    const base = join(folder, "base");
    if (here !== undefined) {
      const next = `${weights}.next`;
      writeEdited(weights, next, whole === true);
      const former = published;
      const later = await upload(next);
      published = here === "edited" ? former : later;
      if (here === "edited") await serve(later);
      await run(get("--xet", "on"));
      await promisify(execFile)("cp", ["-a", cache, base]);
      await serve(published);
    }
    const way = (step: Step) => async (): Promise<Run> => {
      rmSync(cache, { recursive: true, force: true });
      rmSync(copy, { force: true });
      if (here !== undefined) await promisify(execFile)("cp", ["-a", base, cache]);
      await server.ask({ type: "sent" });
      const took = await measured(step, bench);
      const { sentBytes = 0 } = await server.ask({ type: "sent" });
      say(`    ${(sentBytes / 1e6).toFixed(1)} MB sent`);
      return { ...took, wireBytes: sentBytes };
    };
    const { hash, bytes } = published;
    const hfXet: Step = { argv: peer("download", ...storage, hash, bytes, copy) };
    const proved = `"$@" && openssl dgst -sha256 "${copy}" >/dev/null`;
    const fast = { ...hfXet, env: { HF_XET_HIGH_PERFORMANCE: "1" } };
    const compared = await compareWays({ name, title }, bench, [
      [here ? "mlx-download" : "mlx-download --xet on", way(get(...(here ? [] : ["--xet", "on"])))],
      ["hf_xet, proves nothing", way(hfXet)],
      ["hf_xet, high performance, proves nothing", way(fast)],
      ["hf_xet + openssl dgst", way({ argv: ["sh", "-c", proved, "sh", ...hfXet.argv] })],
      ["mlx-download --xet off", way(get("--xet", "off"))],
    ]);
    const proves = (client: string): boolean => /^mlx-download|openssl/u.test(client);
    const peers = compared.peers.map((row) => ({ ...row, verifies: proves(row.peer) }));
    return { ...compared, peers };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ argv: [program = "", ...args], env }: Step): Promise<void> {
  await promisify(execFile)(program, args, { env: { ...process.env, ...env } });
}

/**
 * A header grown by 300 bytes, 3 MB replaced, two blocks moved, 5 MB appended, 200 single bytes changed: all over the file, or
 * in 60 MB of it. All over it, every listed range has one of them, and whole ranges save nothing.
 */
function writeEdited(from: string, to: string, together: boolean): void {
  const base = readFileSync(from);
  const unit = Math.floor(base.length / 1000);
  const changed = Buffer.from(base);
  for (let at = 200 * unit; at < 203 * unit; at += 1) changed[at] = (at * 7919) & 255;
  for (let index = 0; index < 200; index += 1) {
    const [first, width] = together ? [200 * unit, 60 * unit] : [1000, base.length - 2000];
    const at = first + Math.floor((index * width) / 200);
    changed[at] = (changed[at] ?? 0) ^ 1;
  }
  const file = openSync(to, "w");
  try {
    const parts = [
      Buffer.alloc(300, 65),
      changed.subarray(0, 400 * unit),
      changed.subarray(600 * unit, 700 * unit),
      changed.subarray(400 * unit, 600 * unit),
      changed.subarray(700 * unit),
      Buffer.alloc(5 * unit, 66),
    ];
    for (const part of parts) writeSync(file, part);
  } finally {
    closeSync(file);
  }
}

async function startXetServer(
  folder: string,
  whole = false,
): Promise<{
  readonly ready: XetServerReply;
  readonly ask: (request: XetServerRequest) => Promise<XetServerReply>;
  readonly close: () => Promise<void>;
}> {
  const child = fork(scriptOf("xet-server.ts"), [folder, ...(whole ? ["whole-ranges"] : [])], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const answer = async (): Promise<XetServerReply> => {
    const [reply] = (await once(child, "message")) as [XetServerReply];
    return reply;
  };
  return {
    ready: await answer(),
    async ask(request) {
      const replied = answer();
      child.send(request);
      return replied;
    },
    async close() {
      const ended = once(child, "exit");
      child.send({ type: "close" } satisfies XetServerRequest);
      await ended;
    },
  };
}

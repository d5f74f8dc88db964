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
export const xetDownloads: ReadonlyMap<CaseName, { kind: WeightKind; edited: boolean }> = new Map([
  ["X3", { kind: "bf16", edited: false }],
  ["X4", { kind: "4-bit", edited: false }],
  ["X5", { kind: "4-bit", edited: true }],
]);

const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Measures downloads of a file that hf_xet uploaded to the embedded Hub, or of its edited revision. */
export async function runXetDownload(
  name: CaseName,
  bench: XetBench & { readonly cli: string },
): Promise<CaseRuns> {
  const { kind, edited } = xetDownloads.get(name) ?? { kind: "bf16", edited: false };
  const size = bench.quick ? 4_000_000 : 1_000_000_000;
  const { folder, python, cli, say } = bench;
  const what = edited ? "an edited revision of a file that is here" : `${kind} weights`;
  if (python === undefined) {
    const title = `${size / 1e6} MB, ${what}, through Xet storage`;
    const missing = "hf_xet, which uploads the file, is not installed";
    const peer = "mlx-download --xet on";
    return { of: { name, title }, peers: [{ peer, verifies: true, runs: [], missing }] };
  }
  mkdirSync(folder, { recursive: true });
  const server = await startXetServer(join(folder, "server"));
  try {
    const title = `${size / 1e6} MB, ${what}, through Xet storage; ${server.ready.server} serves`;
    say(`\n${name}: ${title}`);
    const { url = "", casUrl = "", token = "", expiresAt = 0 } = server.ready;
    const storage = [casUrl, token, String(expiresAt)];
    const peer = (...args: string[]): string[] => [python, scriptOf("hf_xet_peer.py"), ...args];
    const publish = async (path: string): Promise<readonly string[]> => {
      const [program = "", ...args] = peer("upload", ...storage, path);
      const { stdout } = await promisify(execFile)(program, args);
      const [hash = "", bytes = ""] = stdout.trim().split(" ");
      await server.ask({ type: "serve", repoId: "bench/model", path, hash });
      return [hash, bytes];
    };
    const cache = join(folder, "cache");
    const copy = join(folder, "copy");
    const get = (...args: string[]): Step => ({
      argv: [process.execPath, cli, "get", "bench/model", "--cache-dir", cache, "-q", ...args],
      env: { HF_ENDPOINT: url, HF_HOME: join(folder, "home"), HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" },
    });
    const weights = join(folder, "weights");
    writeWeights(weights, kind, size);
    let published = await publish(weights);
    const base = join(folder, "base");
    if (edited) {
      await run(get("--xet", "on"));
      await promisify(execFile)("cp", ["-a", cache, base]);
      writeEdited(weights, `${weights}.next`);
      published = await publish(`${weights}.next`);
    }
    const way = (step: Step) => async (): Promise<Run> => {
      rmSync(cache, { recursive: true, force: true });
      rmSync(copy, { force: true });
      if (edited) await promisify(execFile)("cp", ["-a", base, cache]);
      await server.ask({ type: "sent" });
      const took = await measured(step, bench);
      const { sentBytes = 0 } = await server.ask({ type: "sent" });
      say(`    ${(sentBytes / 1e6).toFixed(1)} MB sent`);
      return { ...took, wireBytes: sentBytes };
    };
    const hfXet: Step = { argv: peer("download", ...storage, ...published, copy) };
    const proved = `"$@" && openssl dgst -sha256 "${copy}" >/dev/null`;
    const fast = { ...hfXet, env: { HF_XET_HIGH_PERFORMANCE: "1" } };
    const compared = await compareWays({ name, title }, bench, [
      [
        edited ? "mlx-download" : "mlx-download --xet on",
        way(get(...(edited ? [] : ["--xet", "on"]))),
      ],
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

/** A header grown by 300 bytes, 3 MB replaced, two blocks moved, 5 MB appended, 200 single bytes changed. */
function writeEdited(from: string, to: string): void {
  const base = readFileSync(from);
  const unit = Math.floor(base.length / 1000);
  const changed = Buffer.from(base);
  for (let at = 200 * unit; at < 203 * unit; at += 1) changed[at] = (at * 7919) & 255;
  for (let index = 0; index < 200; index += 1) {
    const at = 1000 + Math.floor((index * (base.length - 2000)) / 200);
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

async function startXetServer(folder: string): Promise<{
  readonly ready: XetServerReply;
  readonly ask: (request: XetServerRequest) => Promise<XetServerReply>;
  readonly close: () => Promise<void>;
}> {
  const child = fork(scriptOf("xet-server.ts"), [folder], {
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

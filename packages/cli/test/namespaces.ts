import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { run, type RunResult, tempDir } from "@mlx-download/test-utils";
import { onTestFinished } from "vitest";
import { nodeArgs, program, readUntil } from "./stage.ts";

/** A machine of its own: a network namespace and a home folder. */
export interface Machine {
  readonly address: string;
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `mlx-download` there. */
  mlx(args: readonly string[]): Promise<RunResult>;
  /** Starts a program there, node when it is not named. It ends with the test. */
  start(args: readonly string[]): ChildProcessByStdio<Writable, Readable, Readable>;
  /** `ip -n …` for it. */
  ip(...words: readonly string[]): void;
}

/** Machines on one switch, without any default route, and the Hub beside them. */
export interface House {
  readonly hubUrl: string;
  machine(name: string): Promise<Machine>;
  /** Makes `acme/secret-project` a gated repo. Tokens do not go over this network, which has no https. */
  gate(): Promise<void>;
}

/** Why no namespace can be made here. Undefined where it can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "only root makes network namespaces";
  const name = `mlx-try-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (made.error !== undefined) return "there is no ip(8)";
  if (made.status !== 0) return made.stderr.trim();
  spawnSync("ip", ["netns", "delete", name]);
  return undefined;
}

const LINE = "rate 160mbit burst 128kb latency 400ms";
let houses = 0;

/** Builds a house that is gone when the test ends. */
export async function buildHouse(files: object): Promise<House> {
  houses += 1;
  const prefix = `mlx-${process.pid}-${houses}`;
  const made: string[] = [];
  onTestFinished(() => {
    for (const name of made) spawnSync("ip", ["netns", "delete", name]);
  });
  const space = (name: string): string => {
    const full = `${prefix}-${name}`;
    must(["netns", "add", full]);
    made.push(full);
    must(["-n", full, "link", "set", "lo", "up"]);
    return full;
  };
  const hub = space("hub");
  must(["-n", hub, "link", "add", "switch", "type", "bridge"]);
  must(["-n", hub, "addr", "add", "10.77.0.1/24", "dev", "switch"]);
  must(["-n", hub, "link", "set", "switch", "up"]);
  // The Hub is behind a line, and the switch is not.
  spawnSync("tc", ["-n", hub, ...`qdisc add dev switch root tbf ${LINE}`.split(" ")]);
  const served = startIn(hub, process.env, [
    "--conditions=@mlx-download/source",
    new URL("hub-process.ts", import.meta.url).pathname,
    "10.77.0.1",
    JSON.stringify(files),
  ]);
  served.stderr.resume();
  const [hubUrl = ""] = (await readUntil(served.stdout, "\n")).split("\n");
  let count = 1;
  return {
    hubUrl,
    async gate() {
      served.stdin.write("\n");
      await readUntil(served.stdout, "\n");
    },
    async machine(name) {
      count += 1;
      const address = `10.77.0.${count}`;
      const full = space(name);
      const port = `to-${name}`;
      must([
        "link",
        "add",
        "eth0",
        "netns",
        full,
        "type",
        "veth",
        "peer",
        "name",
        port,
        "netns",
        hub,
      ]);
      must(["-n", hub, "link", "set", port, "master", "switch", "up"]);
      must(["-n", full, "addr", "add", `${address}/24`, "dev", "eth0"]);
      must(["-n", full, "link", "set", "eth0", "up"]);
      const home = await tempDir();
      const env: NodeJS.ProcessEnv = {
        PATH: process.env["PATH"],
        HOME: home,
        HF_HOME: join(home, "hf"),
        HF_ENDPOINT: hubUrl,
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      };
      return {
        address,
        env,
        cacheDir: join(home, "hf", "hub"),
        mlx: (args) =>
          run("ip", ["netns", "exec", full, program, ...nodeArgs, ...args], {
            env,
            cwd: home,
          }),
        start: (args) => startIn(full, env, args),
        ip: (...words) => must(["-n", full, ...words]),
      };
    },
  };
}

function startIn(
  space: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, Readable> {
  const child = spawn("ip", ["netns", "exec", space, process.execPath, ...args], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function must(words: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
}

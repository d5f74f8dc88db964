import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { startTestHub, type TestHub, type TestHubOptions } from "@mlx-download/hub-server/testing";
import { run, type RunResult, tempDir } from "@mlx-download/test-utils";
import { onTestFinished } from "vitest";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Node's arguments for the command as its source says it. */
export const sourceArgs: readonly string[] = [
  "--conditions=@mlx-download/source",
  file("../src/bin.ts"),
];
/** A single executable to try instead (`scripts/release/executable.ts`). */
const executable = process.env["MLX_DOWNLOAD_EXECUTABLE"];
/** The program that is the command, and its arguments before the command's own. */
export const program: string = executable ?? process.execPath;
/**
 * Node's arguments for the command, before its own: its source, or what was just built from it (by `npm test`, which
 * says so), which starts with a third of the work. An executable has none.
 */
export const nodeArgs: readonly string[] =
  executable !== undefined
    ? []
    : process.env["MLX_DOWNLOAD_BUILT"] === "1"
      ? [file("../dist/bin.js")]
      : sourceArgs;

/** The real command beside a Hub of its own, with an empty home and nothing of this machine's environment. */
export interface Stage {
  readonly hub: TestHub;
  /** The hub cache that the command uses. */
  readonly cacheDir: string;
  /** Changed by a test before it runs the command. */
  readonly env: NodeJS.ProcessEnv;
  readonly run: (args: readonly string[], input?: string) => Promise<RunResult>;
  readonly start: (args: readonly string[]) => ChildProcessByStdio<Writable, Readable, Readable>;
}

/** Starts a {@link Stage} that ends with the test. */
export async function startStage(options: TestHubOptions = {}): Promise<Stage> {
  const hub = await startTestHub(options);
  onTestFinished(() => hub.close());
  const home = await tempDir();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: home,
    USERPROFILE: home,
    HF_HOME: join(home, "hf"),
    HF_ENDPOINT: hub.url,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  };
  return {
    hub,
    cacheDir: join(home, "hf", "hub"),
    env,
    run: (args, input) => run(program, [...nodeArgs, ...args], { env, input, cwd: home }),
    start(args) {
      const child = spawn(program, [...nodeArgs, ...args], {
        env,
        cwd: home,
        stdio: ["pipe", "pipe", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      return child;
    },
  };
}

/** The files of a model that mlx-lm would take for one, with two shards of `size` bytes. */
export function modelFiles(size: number): Record<string, string | { size: number; seed: number }> {
  return {
    "config.json": JSON.stringify({
      model_type: "llama",
      quantization: { bits: 4, group_size: 64 },
    }),
    "README.md": "---\nlibrary_name: mlx\n---\n# A model\n",
    "tokenizer.json": "{}",
    "model.safetensors.index.json": `{"metadata": {}, "weight_map": {}}`,
    "model-00001-of-00002.safetensors": { size, seed: 1 },
    "model-00002-of-00002.safetensors": { size, seed: 2 },
  };
}

/** The lines of NDJSON as objects. */
export function ndjson(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Resolves with everything `stream` wrote when it holds `part`; with everything at its end when it never does. */
export async function readUntil(stream: Readable, part: string | RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (typeof part === "string" ? text.includes(part) : part.test(text)) resolve(text);
    });
    stream.on("end", () => resolve(text));
  });
}

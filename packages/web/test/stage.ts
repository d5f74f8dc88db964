import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mlx-download/test-utils";
import { onTestFinished } from "vitest";
import {
  startTestHub,
  tinyModelFiles,
  writeHollowModel,
  type TestHub,
} from "@mlx-download/hub-server/testing";

const bin = fileURLToPath(new URL("../../cli/src/bin.ts", import.meta.url));

/** The page's server as a process of its own, beside a Hub. */
export interface WebProcess {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** Everything that it wrote. */
  readonly output: () => string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does; the exit code. */
  stop(): Promise<number | null>;
}

/** What a process of the page needs: a home of its own, and a Hub. */
export function homeEnvironment(home: string, hub: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: home,
    USERPROFILE: home,
    HF_HOME: join(home, "hf"),
    HF_ENDPOINT: hub,
    XDG_STATE_HOME: join(home, "state"),
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  };
}

/** State folders of servers that were started before. They come back at the same port by themselves. */
const known = new Set<string | undefined>();

/**
 * A port that no other test takes, for the first start on a state folder. The usual one is what any other server of these
 * tests would take while this one is away, and those above are what the system gives out.
 */
function portOfItsOwn({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv): readonly string[] {
  if (known.has(state)) return [];
  known.add(state);
  return ["--port", String(randomInt(20_000, 32_000))];
}

/** Starts `mlx-download web` and waits for its address. */
export async function startWebProcess(
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): Promise<WebProcess> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@mlx-download/source",
      bin,
      "web",
      "--no-open",
      "--json",
      ...(args.includes("--port") ? args : [...portOfItsOwn(env), ...args]),
    ],
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    void ended.then((code) => reject(new Error(`web ended with ${code}: ${text}`)));
  });
  text += `${first}\n`;
  lines.on("line", (line) => (text += `${line}\n`));
  const { url, tokenFile, pid, error } = JSON.parse(first) as {
    url: string;
    tokenFile: string;
    pid: number;
    error?: { readonly code: string; readonly message: string };
  };
  if (error !== undefined) throw new Error(`${error.code}: ${error.message}`);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    token: (await readFile(tokenFile, "utf8")).trim(),
    pid,
    output: () => text,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGINT"),
  };
}

const card = `---
license: apache-2.0
library_name: mlx
base_model: org/Llama-Large
---
# A large model

Converted with **mlx-lm**. Use it like this:

\`\`\`python
from mlx_lm import load, generate
model, tokenizer = load("mlx-community/Llama-Large-4bit")
\`\`\`

| Benchmark | Score |
| --- | --- |
| MMLU | 71.2 |

<script>alert(1)</script><img src=x onerror="document.title='owned'">
![a picture](https://example.com/p.png) [a link](https://example.com/) [bad](javascript:alert(1))
`;

/** A Hub with some models: tiny ones that load, and large ones whose weights are holes. */
export async function startModelHub(folder: string): Promise<TestHub> {
  const hub = await startTestHub();
  await hub.addRepo("mlx-community/tiny-llama-4bit", tinyModelFiles());
  await hub.addRepo("mlx-community/Qwen3-0.6B-4bit", tinyModelFiles());
  for (const [name, options] of [
    ["Llama-Large-4bit", { bits: 4, hidden: 4096, layers: 32, intermediate: 14_336, heads: 32 }],
    ["Llama-Large-8bit", { bits: 8, hidden: 4096, layers: 32, intermediate: 14_336, heads: 32 }],
    ["Llama-Huge-6bit", {}],
  ] as const) {
    const model = await writeHollowModel(join(folder, name), { ...options, card });
    await hub.addRepo(`mlx-community/${name}`, model.files, { declared: model.declared });
  }
  return hub;
}

/** The page's server beside a Hub. */
export interface SlowStage {
  readonly env: NodeJS.ProcessEnv;
  readonly hub: TestHub;
  readonly web: WebProcess;
}

/** Starts the page's server beside a Hub with slow weights. Both end with the test. */
export async function startSlowStage(): Promise<SlowStage> {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  hub.faults.add({
    on: "cdn",
    kind: "slow",
    bytesPerSecond: 500_000,
    repoId: "mlx-community/Llama-Large-4bit",
  });
  const env = homeEnvironment(home, hub.url);
  const web = await startWebProcess(env);
  onTestFinished(() => web.kill());
  return { env, hub, web };
}

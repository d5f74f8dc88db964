import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeHollowModel } from "@mlx-download/hub-server/testing";
import { run as runProgram, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, nodeArgs, program, readUntil, type Stage, startStage } from "./stage.ts";

/** The exit codes of the reference, each by a fault that a user can meet; elsewhere the messages are held to account. */

const repo = "org/model";

/** A situation: what is arranged, and the words that meet it. */
interface Situation {
  readonly exits: number;
  readonly code: string | undefined;
  readonly arrange?: (stage: Stage) => unknown;
  readonly args: readonly string[];
}

const cached = async ({ run }: Stage): Promise<void> => void (await run([repo, "-q"]));

const situations: Readonly<Record<string, Situation>> = {
  "a model that comes": { exits: 0, code: undefined, args: [repo] },
  "an option that is none": { exits: 2, code: "cli/usage", args: [repo, "--frce"] },
  "patterns that match nothing": {
    exits: 2,
    code: "select/no-match",
    args: [repo, "--include", "*.gguf"],
  },
  "a name that two models have": {
    exits: 2,
    code: "cli/ambiguous-name",
    async arrange({ hub }) {
      for (const bits of [4, 8])
        await hub.addRepo(`mlx-community/Qwen3-8B-${bits}bit`, modelFiles(100));
    },
    args: ["qwen3-8b"],
  },
  "a removal that nobody confirms": {
    exits: 2,
    code: "cli/confirmation-needed",
    arrange: cached,
    args: ["cache", "rm", repo],
  },
  "a model whose terms are not accepted": {
    exits: 3,
    code: "hub/gated",
    arrange: async ({ hub }) =>
      void (await hub.addRepo("org/gated", modelFiles(100), { gated: "manual" })),
    args: ["org/gated"],
  },
  "a token that the Hub does not know": {
    exits: 3,
    code: "hub/unauthorized",
    arrange: ({ env }) => void (env["HF_TOKEN"] = "hf_unknownUnknownUnknown1234"),
    args: ["whoami"],
  },
  "a model that does not exist": { exits: 4, code: "hub/repo-not-found", args: ["org/none"] },
  "a path that is not cached": { exits: 4, code: "cli/not-cached", args: ["path", repo] },
  "offline, before any download": {
    exits: 4,
    code: "offline/not-cached",
    args: [repo, "--offline"],
  },
  "a Hub that does not answer": {
    exits: 5,
    code: "hub/unreachable",
    arrange: ({ env }) => void (env["HF_ENDPOINT"] = "http://127.0.0.1:9"),
    args: [repo],
  },
  "a model larger than any disk": {
    exits: 6,
    code: "disk/insufficient",
    arrange: async ({ hub }) =>
      void (await hub.addRepo("org/vast", modelFiles(100), {
        tree: (entries) => entries.map((entry) => ({ ...entry, size: 2 ** 50 })),
      })),
    args: ["org/vast"],
  },
  "a storage that sends other bytes": {
    exits: 7,
    code: "transfer/checksum-mismatch",
    arrange: ({ hub }) => hub.faults.add({ kind: "wrongBytes", offset: 5, on: "cdn" }),
    args: [repo],
  },
  "a file that changed in the cache": {
    exits: 7,
    code: undefined,
    async arrange({ run }) {
      const { stdout } = await run([repo, "-q"]);
      await writeFile(join(stdout.trimEnd(), "model-00001-of-00002.safetensors"), "other");
    },
    args: ["verify", repo],
  },
  "a model larger than the Mac": {
    exits: 8,
    code: "review/does-not-fit",
    async arrange({ hub }) {
      const { files, declared } = await writeHollowModel(join(await tempDir(), "large"));
      await hub.addRepo("org/large", files, { declared });
    },
    args: ["org/large", "--require-fit", "--memory", "16G", "--chip", "m4"],
  },
  "a listing that leads out of the cache": {
    exits: 10,
    code: "hub/unsafe-tree",
    arrange: async ({ hub }) =>
      void (await hub.addRepo("org/evil", modelFiles(100), {
        tree: (entries) => entries.map((entry) => ({ ...entry, path: "../../evil.json" })),
      })),
    args: ["org/evil"],
  },
  "the removal of a model that is pinned": {
    exits: 10,
    code: "cache/pinned",
    async arrange(stage) {
      await cached(stage);
      await stage.run(["cache", "pin", repo]);
    },
    args: ["cache", "rm", repo, "--yes"],
  },
  "one of two that does not exist": { exits: 11, code: undefined, args: [repo, "org/none"] },
  "a Hub that asks for an hour of patience": {
    exits: 75,
    code: "hub/rate-limited",
    arrange: ({ hub }) =>
      hub.faults.add({ kind: "status", status: 429, retryAfter: 3600, on: "api" }),
    args: [repo],
  },
};

test.each(Object.entries(situations))("%s", async (_, { exits, code, arrange, args }) => {
  const stage = await startStage();
  await stage.hub.addRepo(repo, modelFiles(1000));
  await arrange?.(stage);
  const result = await stage.run([...args, "--json"]);
  expect(result.code, result.stderr).toBe(exits);
  const { error } = JSON.parse(result.stdout) as { error?: { code: string; exitCode: number } };
  expect(error?.code).toBe(code);
  if (error !== undefined) expect(error.exitCode).toBe(exits);
});

test("while a model comes: its removal exits with 9, SIGINT ends with 130, SIGTERM with 143, SIGHUP with 129", async () => {
  const { hub, start, run } = await startStage();
  await hub.addRepo(repo, modelFiles(1_000_000));
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
  hub.faults.add({ kind: "hold", until, afterBytes: 1000, on: "cdn" });
  for (const [signal, exits] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    const child = start([repo, "--events", "-q"]);
    await readUntil(child.stdout, `"type":"file-started"`);
    child.stdout.resume();
    if (signal === "SIGINT") {
      const removal = await run(["cache", "--clear-model", repo, "--yes", "--json"]);
      expect(removal.code, removal.stdout).toBe(9);
      expect(JSON.parse(removal.stdout)).toMatchObject({ error: { code: "cache/locked" } });
    }
    child.kill(signal);
    expect((await once(child, "close"))[0]).toBe(exits);
  }
  letGo();
});

test.skipIf(process.platform === "win32")(
  "an error of the system exits with 1 and names the fix",
  async () => {
    const { env } = await startStage();
    const script = `cd "$0" && rmdir "$0" && exec "$@"`;
    const args = [await tempDir(), program, ...nodeArgs, "info", "./x", "--json"];
    const { code, stdout } = await runProgram("sh", ["-c", script, ...args], { env });
    expect(code, stdout).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "unexpected", hint: expect.stringContaining("cd ~") },
    });
  },
);

// Node reads no module into an executable.
test.skipIf(program !== process.execPath)(
  "a bug exits with 1 and asks to be reported",
  async () => {
    const { run, env } = await startStage();
    // Something that no command foresees.
    env["NODE_OPTIONS"] =
      "--import=data:text/javascript,process.cwd=()=>{throw%20new%20Error('gone')}";
    const { code, stdout } = await run(["info", "./x", "--json"]);
    expect(code, stdout).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "unexpected" } });
  },
);

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { commandTable } from "../src/commands/table.ts";
import { bashCompletion } from "../src/commands/setup/completion/bash.ts";
import { fishCompletion } from "../src/commands/setup/completion/fish.ts";
import { zshCompletion } from "../src/commands/setup/completion/zsh.ts";

/** What each shell offers behind these words; the last one is being typed. */
type Complete = (...words: string[]) => Promise<string[]>;

function installed(shell: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const there = folders.some((folder) => existsSync(join(folder, shell)));
  if (!there) process.stderr.write(`skipped: ${shell} is not installed\n`);
  return there;
}

/** The scripts in a folder of their own, beside a cache with one model that `where` leads to. */
async function stage(where: "variable" | "file" | "default" = "variable", manifest?: string) {
  const folder = await tempDir();
  const hub = where === "default" ? ".cache/huggingface/hub" : "my hub";
  const config = { connections: 4, "cache-dir": "~/my hub", preset: "mlx" };
  await writeTree(folder, {
    bash: bashCompletion(commandTable),
    fish: fishCompletion(commandTable),
    zsh: zshCompletion(commandTable),
    [`${hub}/models--org--model--x/refs/main`]: "",
    ...(manifest !== undefined && { "mlx-models.json": manifest }),
    ...(where === "file" && { ".config/mlx-download/config.json": JSON.stringify(config) }),
  });
  const env = {
    PATH: process.env["PATH"],
    TERM: "xterm",
    HOME: folder,
    ...(where === "variable" && { HF_HUB_CACHE: join(folder, hub) }),
  };
  const lines = async (shell: string, args: readonly string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await run(shell, args, { env, cwd: folder });
    expect([code, stderr]).toEqual([0, ""]);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const quoted = (words: readonly string[]): string =>
    ["mlx-download", ...words].map((word) => `'${word}'`).join(" ");

  const bash: Complete = (...words) =>
    lines("bash", [
      "-c",
      `source ./bash; COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length}; _mlx_download; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
  const fish: Complete = async (...words) => {
    const typed = ["mlx-download", ...words].join(" ");
    const found = await lines("fish", ["-c", `source ./fish; complete -C '${typed}'`]);
    return found.map((line) => line.split("\t")[0] ?? "");
  };
  // Only its line editor may call zsh's own builtins; these two stand in for them and print what they are given.
  const zsh: Complete = async (...words) => {
    const script = `
      compdef() { : }
      _describe() { print -rl -- "\${(@)\${(P@)@[-1]}%%:*}" }
      compadd() { shift; print -rl -- "$@" }
      source ./zsh
      words=(${quoted(words)}); CURRENT=${words.length + 1}
      _mlx_download`;
    const found = await lines("zsh", ["-f", "-c", script]);
    return found.filter((word) => word.startsWith(words.at(-1) ?? ""));
  };
  return { bash, fish, zsh };
}

const shells = (["bash", "zsh", "fish"] as const).filter(installed);

test.each(shells)("%s completes commands, options, values and cached models", async (shell) => {
  const complete = (await stage())[shell];
  expect(await complete("conf")).toEqual(["config"]);
  expect(await complete("config", "")).toEqual(
    expect.arrayContaining(["show", "get", "set", "unset"]),
  );
  expect(await complete("get", "--pres")).toEqual(["--preset"]);
  expect(await complete("org/name", "--dry")).toEqual(["--dry-run"]);
  expect(await complete("get", "--preset", "to")).toEqual(["tokenizer"]);
  expect(await complete("config", "show", "--or")).toEqual(["--origin"]);
  expect(await complete("path", "or")).toEqual(["org/model--x"]);
  expect(await complete("list", "--dry")).toEqual([]);
});

test.each(shells)("%s completes the aliases of the nearest project", async (shell) => {
  const manifest = {
    models: {
      chat: "org/one@main",
      "tok.small": { ref: "org/two", include: ["a/b"], preset: "tokenizer" },
    },
  };
  const complete = (await stage("variable", JSON.stringify(manifest, null, 2)))[shell];
  expect(await complete("remove", "")).toEqual(["chat", "tok.small"]);
  expect(await complete("install", "ch")).toEqual(["chat"]);
  expect(await complete("path", "to")).toEqual(["tok.small"]);
  expect(await complete("update", "")).toEqual(
    expect.arrayContaining(["chat", "org/model--x", "tok.small"]),
  );
  const without = (await stage())[shell];
  expect(await without("remove", "")).toEqual([]);
});

test.each(shells)("%s completes settings, shells and nothing where they belong", async (shell) => {
  const complete = (await stage())[shell];
  expect(await complete("config", "get", "cache-d")).toEqual(["cache-dir"]);
  expect(await complete("completion", "fi")).toEqual(["fish"]);
  expect(await complete("whoami", "or")).toEqual([]);
});

test.each(shells)("%s completes the models of the cache that the command uses", async (shell) => {
  for (const where of ["file", "default"] as const) {
    const complete = (await stage(where))[shell];
    expect(await complete("path", "or"), where).toEqual(["org/model--x"]);
  }
});

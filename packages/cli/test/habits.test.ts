import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

test.each([
  [["ps"], `there is no command "ps"`, "cache ls"],
  [["ls"], `there is no command "ls"`, "cache ls"],
  [["run", "org/x"], `there is no command "run"`, "runs no model"],
  [["delete", "org/x"], `there is no command "delete"`, "cache rm org/name"],
  [["remove", "org/x"], "takes the aliases of a project", "cache rm org/x"],
  [["install", "org/x"], "takes the aliases of a project", "mlx-download get org/x"],
  [["uninstall", "org/x"], `there is no command "uninstall"`, "cache rm org/name"],
  [["auth"], `there is no command "auth"`, "mlx-download login"],
  [["cache", "scan"], `there is no command "cache scan"`, "cache ls"],
  [["cache", "delete", "org/x"], `there is no command "cache delete"`, "cache rm org/name"],
  [["cache", "clean"], `there is no command "cache clean"`, "cache prune"],
  [["gte", "org/x"], `there is no command "gte"`, "mlx-download get"],
  [["fetchmodel", "org/x"], `there is no command "fetchmodel"`, "--help lists the commands"],
  [["gpt2", "distilgpt2"], `there is no command "gpt2"`, "mlx-download get gpt2 distilgpt2"],
])("%j is a usage error before any request", async (argv, message, hint) => {
  const { run, hub } = await startStage();
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect(hub.log.entries).toEqual([]);
});

test("pull downloads, and rm asks before it removes, as cache rm does", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  expect((await run(["pull", "org/x", "-q"])).code).toBe(0);
  const asked = await run(["rm", "org/x"]);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain("Add --yes when you are sure.");
  expect((await run(["rm", "org/x", "--yes", "-q"])).code).toBe(0);
  expect(await readdir(`${env["HF_HOME"]}/hub`)).not.toContain("models--org--x");
});

test("files after a ref are files of it, as hf download takes them", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  const { code, stdout, stderr } = await run(["get", "org/x", "config.json", "tokenizer*"]);
  expect(code, stderr).toBe(0);
  const names = await readdir(stdout.trim());
  expect(names).toContain("config.json");
  expect(names.filter((name) => name.endsWith(".safetensors"))).toEqual([]);
  expect(
    hub.log.entries.filter(
      ({ path }) => path.includes("/resolve/") && path.includes("safetensors"),
    ),
  ).toEqual([]);
});

test("files after several models are refused before any request", async () => {
  const { run, hub } = await startStage();
  const { code, stderr } = await run(["get", "a/b", "c/d", "config.json"]);
  expect(code).toBe(2);
  expect(stderr).toContain(`"config.json" is a file, and several models are named`);
  expect(hub.log.entries).toEqual([]);
});

test("every command takes the short name of a model that is in the cache", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("mlx-community/Tiny-4bit", modelFiles(1000));
  const { stdout: path } = await run(["get", "mlx-community/Tiny-4bit", "-q"]);
  expect(await run(["path", "tiny-4bit"])).toMatchObject({ code: 0, stdout: path });
  for (const command of [
    ["verify"],
    ["repair"],
    ["info"],
    ["files"],
    ["cache", "pin"],
    ["cache", "unpin"],
    ["cache", "rm", "--dry-run"],
  ]) {
    const { code, stderr } = await run([...command, "tiny-4bit"]);
    expect(code, `${command.join(" ")}: ${stderr}`).toBe(0);
  }
});

test("a short name that several organizations have here is not guessed", async () => {
  const { run, hub } = await startStage();
  for (const org of ["one", "two"]) {
    await hub.addRepo(`${org}/Tiny-4bit`, modelFiles(1000));
    await run(["get", `${org}/Tiny-4bit`, "-q"]);
  }
  const { code, stderr } = await run(["path", "Tiny-4bit"]);
  expect(code).toBe(2);
  expect(stderr).toContain("2 models match");
});

test.each([
  ["./config.json", ["config.json"]],
  ["*.{json,txt}", ["config.json", "tokenizer.json"]],
  ["config.json,tokenizer.json", ["config.json", "tokenizer.json"]],
])("--include %s is read as other tools read it", async (pattern, expected) => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  const { code, stdout, stderr } = await run(["org/x", "--include", pattern]);
  expect(code, stderr).toBe(0);
  expect(await readdir(stdout.trim())).toEqual(expect.arrayContaining(expected));
  expect(await run(["path", "org/x", "--include", pattern])).toMatchObject({ code: 0, stdout });
});

test("a pattern that matches nothing beside one that does is named", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  const { code, stderr } = await run(["get", "org/x", "config.json", "confg.json"]);
  expect(code).toBe(0);
  expect(stderr).toContain("The pattern confg.json matches no file of org/x.");
});

test("card prints a model card without its front matter, of a gated model too", async () => {
  const { run, hub } = await startStage();
  const card = "---\nlicense: llama3.2\nbase_model: org/base\n---\n# Hello\n\nA model.\n";
  await hub.addRepo("org/x", { ...modelFiles(1000), "README.md": card }, { gated: "manual" });
  const { code, stdout, stderr } = await run(["card", "org/x"]);
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "# Hello\n\nA model.\n" });
  expect(stderr).toContain("llama3.2");
  expect(stderr).toContain("org/base");
  expect(await run(["card", "org/none"])).toMatchObject({ code: 4, stdout: "" });
});

test("several models that all fail alike end with that exit code", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  expect((await run(["org/none", "org/neither", "-q"])).code).toBe(4);
  expect((await run(["org/none", "org/x", "-q"])).code).toBe(11);
});

test("a finished download names the quantization and the size", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/x", modelFiles(1000));
  const { stderr } = await run(["org/x"]);
  expect(stderr).toMatch(/^Model: 4bit-g64, 2\.\d\d kB$/m);
  const { stdout } = await run(["org/x", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ quantization: "4bit-g64" });
});

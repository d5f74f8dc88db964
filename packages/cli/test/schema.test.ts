import { fileURLToPath } from "node:url";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { modelFiles, ndjson, readUntil, startStage } from "./stage.ts";

async function schema(name: "events" | "output"): Promise<object> {
  const url = new URL(`../schema/${name}.schema.json`, import.meta.url);
  return JSON.parse(await readFile(url, "utf8")) as object;
}

function newAjv(): InstanceType<typeof Ajv.default> {
  return new Ajv.default({
    allErrors: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  });
}

test("every line of --events is what the schema in the package says", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/model", modelFiles(3_000_000));
  hub.faults.add({ on: "cdn", kind: "cut", afterBytes: 100_000, times: 2 });
  hub.faults.add({ on: "api", kind: "status", status: 503, times: 1 });
  const check = newAjv().compile(await schema("events"));
  const outputs = [
    await run(["org/model", "--events", "-q"]),
    await run(["org/model", "org/none", "--events", "-q"]),
    await run(["org/none", "--events", "-q"]),
    await run(["verify", "--events", "-q"]),
    await run(["cache", "mv", "--to", join(await tempDir(), "hub"), "--yes", "--events", "-q"]),
  ];
  const events = outputs.flatMap(({ stdout }) => ndjson(stdout));
  for (const event of events)
    expect(check(event), `${JSON.stringify(event)}\n${JSON.stringify(check.errors)}`).toBe(true);
  const types = new Set(events.map(({ type }) => type));
  for (const type of [
    "resolved",
    "planned",
    "progress",
    "file-done",
    "retry",
    "copy-progress",
    "result",
    "error",
  ])
    expect(types).toContain(type);
  expect(check({ schema: 1, type: "resolved", at: 1 })).toBe(false);
});

type Run = (args: readonly string[]) => Promise<{ readonly stdout: string }>;

/** Runs `args --json` and holds what comes against the definition `name` and against the whole schema. */
async function newExpectOutput(run: Run): Promise<(name: string, args: string[]) => Promise<void>> {
  const ajv = newAjv().addSchema(await schema("output"), "output");
  return async (name, args) => {
    const { stdout } = await run([...args, "--json"]);
    const value: unknown = JSON.parse(stdout);
    const check = ajv.getSchema(`output#/$defs/${name}`);
    expect(check?.({ schema: 1 }), name).toBe(false);
    expect(check?.(value), `${name}: ${stdout}\n${JSON.stringify(check?.errors)}`).toBe(true);
    expect(ajv.validate("output", value), name).toBe(true);
  };
}

test(
  "what --json prints is what the schema in the package says",
  { timeout: 120_000 },
  async () => {
    const { hub, run, env } = await startStage();
    await hub.addRepo("mlx-community/model", modelFiles(1000));
    hub.store.addUser({ name: "anna", tokens: ["hf_good"] });
    env["HF_TOKEN"] = "hf_good";
    const expectOutput = await newExpectOutput(run);
    await expectOutput("dryRun", ["mlx-community/model", "--dry-run"]);
    await expectOutput("get", ["mlx-community/model"]);
    await expectOutput("getSeveral", ["mlx-community/model", "org/none"]);
    await expectOutput("dryRunSeveral", ["mlx-community/model", "org/none", "--dry-run"]);
    await expectOutput("version", ["--version"]);
    await expectOutput("configPath", ["config", "path"]);
    await expectOutput("card", ["card", "mlx-community/model"]);
    await expectOutput("path", ["path", "mlx-community/model"]);
    await expectOutput("files", ["files", "mlx-community/model"]);
    await expectOutput("list", ["list"]);
    await expectOutput("search", ["search", "model"]);
    await expectOutput("search", ["search", "qwen", "--offline"]);
    const added = ["add", "chat=mlx-community/model", "--project", await tempDir()];
    const [, , , project = ""] = added;
    await expectOutput("install", added);
    await expectOutput("install", ["install", "--outdated", "--project", project]);
    await expectOutput("installPlan", ["install", "--dry-run", "--project", project]);
    await expectOutput("lock", ["lock", "--project", project]);
    await expectOutput("lockExport", ["lock", "--format", "kernels", "--project", project]);
    await expectOutput("verify", ["verify", "--lock", "--project", project]);
    await expectOutput("remove", ["remove", "chat", "--project", project]);
    await expectOutput("collectionLocal", ["collection", "add", "mine", "mlx-community/model"]);
    await expectOutput("collectionShow", ["collection", "show", "mine"]);
    await expectOutput("collectionShare", ["collection", "share", "mine"]);
    await expectOutput("collections", ["collection", "ls"]);
    hub.store.addCollection({ slug: "a/b-1", title: "B", items: [] });
    await expectOutput("collectionFollow", ["collection", "follow", "a/b-1"]);
    await expectOutput("collectionUnfollow", ["collection", "unfollow", "a/b-1"]);
    await expectOutput("cataloguePlan", ["catalogue", "sync", "--dry-run"]);
    await expectOutput("catalogueSync", ["catalogue", "sync"]);
    await expectOutput("catalogueStatus", ["catalogue", "status"]);
    await expectOutput("cacheList", ["cache", "--list"]);
    await expectOutput("configSet", ["config", "set", "connections", "4"]);
    await expectOutput("configGet", ["config", "get", "connections"]);
    await expectOutput("configShow", ["config", "show"]);
    await expectOutput("configUnset", ["config", "unset", "connections"]);
    await expectOutput("sharing", ["share", "status"]);
    await expectOutput("completion", ["completion", "fish"]);
    await expectOutput("man", ["man"]);
    await expectOutput("schema", ["schema", "events"]);
    await expectOutput("whoami", ["whoami"]);
    await expectOutput("authToken", ["auth", "token"]);
    await expectOutput("doctor", ["doctor"]);
    await expectOutput("failure", ["get", "org/none"]);
  },
);

test("what --json says of a model's figures is what the schema says", async () => {
  const { hub, run } = await startStage();
  const mac = ["--memory", "16G", "--chip", "m4"];
  await hub.addRepo("mlx-community/Qwen3-4B-4bit", tinyModelFiles());
  const weightless = { "config.json": JSON.stringify({ model_type: "nobody-knows" }) };
  await hub.addRepo("org/unknown", weightless);
  const expectOutput = await newExpectOutput(run);
  await expectOutput("info", ["info", "mlx-community/Qwen3-4B-4bit", ...mac]);
  await expectOutput("info", ["fit", "mlx-community/Qwen3-4B-4bit", "--ctx", "1k", ...mac]);
  await expectOutput("info", ["info", "org/unknown", ...mac]);
  const folder = await tempDir();
  await writeTinyModel(folder);
  await expectOutput("info", ["info", folder]);
  await expectOutput("recommend", ["recommend", "qwen3-4b", ...mac]);
});

test("what --json says of the cache is what the schema says", { timeout: 120_000 }, async () => {
  const { hub, run, env, cacheDir } = await startStage();
  const repo = "org/model";
  await hub.addRepo(repo, modelFiles(1000));
  const { stdout } = await run([repo, "-q"]);
  const out = await tempDir();
  const expectOutput = await newExpectOutput(run);
  await expectOutput("cacheLs", ["cache", "ls"]);
  await expectOutput("verify", ["verify", repo]);
  await expectOutput("repair", ["repair", repo]);
  await expectOutput("cachePins", ["cache", "pin", repo]);
  await expectOutput("cacheRemoval", ["cache", "evict", "--max-size", "1k", "--yes"]);
  await expectOutput("cacheUnpin", ["cache", "unpin", repo]);
  await expectOutput("cacheView", ["cache", "view", repo, "--layout", "lmstudio"]);
  await expectOutput("cacheViews", ["cache", "view"]);
  await expectOutput("cacheViewRemoved", [
    "cache",
    "view",
    repo,
    "--layout",
    "lmstudio",
    "--remove",
  ]);
  await expectOutput("cacheExport", ["cache", "export", repo, "--to", join(out, "model.tar")]);
  await expectOutput("cacheMv", ["cache", "mv", repo, "--to", join(out, "other-disk"), "--yes"]);
  await expectOutput("cacheRemoval", ["cache", "rm", repo, "--dry-run"]);
  await expectOutput("cacheRemoval", ["cache", "rm", repo, "--yes"]);
  await expectOutput("cacheRemoval", ["cache", "prune", "--yes"]);
  await expectOutput("cacheImport", ["cache", "import", join(out, "model.tar")]);
  await writeFile(join(stdout.trimEnd(), "model-00001-of-00002.safetensors"), "damaged");
  await expectOutput("verify", ["verify", repo]);
  await expectOutput("repair", ["repair", repo]);
  await expectOutput("cacheLs", ["cache", "ls", "--cache-dir", join(cacheDir, "nowhere")]);
  await expectOutput("cacheClear", ["cache", "--clear-model", repo, "--yes"]);
  env["HF_TOKEN"] = "";
  await expectOutput("logout", ["logout"]);
});

test.each(["events", "output"])(
  "programs import the schema of the %s by its name",
  async (name) => {
    const address = import.meta.resolve(`mlx-download/schema/${name}.schema.json`);
    const imported = JSON.parse(await readFile(fileURLToPath(address), "utf8")) as object;
    expect(imported).toHaveProperty("$schema");
  },
);

test("the first line of web is what the schema says", async () => {
  const { start } = await startStage();
  const child = start(["web", "--json", "--no-open"]);
  const value: unknown = JSON.parse(await readUntil(child.stdout, "\n"));
  child.kill("SIGINT");
  const ajv = newAjv().addSchema(await schema("output"), "output");
  const check = ajv.getSchema("output#/$defs/server");
  expect(check?.({ schema: 1 })).toBe(false);
  expect(check?.(value), JSON.stringify([value, check?.errors])).toBe(true);
  expect(ajv.validate("output", value)).toBe(true);
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { modelFiles, ndjson, startStage } from "./stage.ts";

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
  ];
  const events = outputs.flatMap(({ stdout }) => ndjson(stdout));
  for (const event of events)
    expect(check(event), `${JSON.stringify(event)}\n${JSON.stringify(check.errors)}`).toBe(true);
  const types = new Set(events.map(({ type }) => type));
  for (const type of ["resolved", "planned", "progress", "file-done", "retry", "result", "error"])
    expect(types).toContain(type);
  expect(check({ schema: 1, type: "resolved", at: 1 })).toBe(false);
});

test("what --json prints is what the schema in the package says", async () => {
  const { hub, run, env } = await startStage();
  await hub.addRepo("mlx-community/model", modelFiles(1000));
  hub.store.addUser({ name: "anna", tokens: ["hf_good"] });
  const ajv = newAjv().addSchema(await schema("output"), "output");
  const out = await tempDir();
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ["dryRun", ["mlx-community/model", "--dry-run"]],
    ["get", ["mlx-community/model"]],
    ["getSeveral", ["mlx-community/model", "org/none"]],
    ["path", ["path", "mlx-community/model"]],
    ["files", ["files", "mlx-community/model"]],
    ["list", ["list"]],
    ["cacheList", ["cache", "--list"]],
    ["configShow", ["config", "show"]],
    ["whoami", ["whoami"]],
    ["doctor", ["doctor"]],
    ["cacheLs", ["cache", "ls"]],
    ["verify", ["verify"]],
    ["repair", ["repair", "mlx-community/model"]],
    ["info", ["info", "mlx-community/model"]],
    ["cachePins", ["cache", "pin", "mlx-community/model"]],
    ["cacheUnpin", ["cache", "unpin", "mlx-community/model"]],
    ["cacheView", ["cache", "view", "mlx-community/model", "--to", join(out, "view")]],
    ["cacheViews", ["cache", "view"]],
    ["cacheExport", ["cache", "export", "mlx-community/model", "--to", join(out, "model")]],
    ["cacheMv", ["cache", "mv", "mlx-community/model", "--to", join(out, "hub")]],
    ["cacheRemoval", ["cache", "rm", "mlx-community/model", "--dry-run"]],
    ["cacheRemoval", ["cache", "prune", "--yes"]],
    ["configGet", ["config", "get", "cache-dir"]],
    ["failure", ["get", "org/none"]],
  ];
  env["HF_TOKEN"] = "hf_good";
  for (const [name, args] of commands) {
    const { stdout } = await run([...args, "--json"]);
    const check = ajv.getSchema(`output#/$defs/${name}`);
    expect(
      check?.(JSON.parse(stdout)),
      `${name}: ${stdout}\n${JSON.stringify(check?.errors)}`,
    ).toBe(true);
  }
});

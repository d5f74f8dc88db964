import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { expect, onTestFinished, test } from "vitest";
import { modelFiles, ndjson, startStage, type Stage } from "./stage.ts";

interface Installed {
  readonly models: readonly {
    readonly alias: string;
    readonly commit: string;
    readonly path: string;
    readonly fromCache: boolean;
    readonly bytes: { readonly total: number; readonly fetched: number };
  }[];
  readonly failed: readonly {
    readonly alias: string;
    readonly error: { readonly code: string; readonly exitCode: number };
  }[];
  readonly moved?: readonly {
    readonly alias: string;
    readonly from: string;
    readonly to: string;
  }[];
}

const json = (text: string): Installed => JSON.parse(text) as Installed;

/** A stage whose home is a project with two models. */
async function startProject(): Promise<Stage & { readonly home: string }> {
  const stage = await startStage();
  const { hub, run, env } = stage;
  await hub.addRepo("org/chat", modelFiles(50_000));
  await hub.addRepo("org/embed", {
    "config.json": "{}",
    "model.safetensors": { size: 9000, seed: 5 },
  });
  const added = await run(["add", "chat=org/chat", "org/embed"]);
  expect(added.code, added.stderr).toBe(0);
  expect(added.stdout.trim().split("\n")).toHaveLength(2);
  hub.log.clear();
  return { ...stage, home: env["HOME"] ?? "" };
}

test("install --dry-run says what would be fetched, and writes nothing", async () => {
  const { run, home, hub, cacheDir } = await startProject();
  await hub.addRepo("org/third", modelFiles(3000));
  const manifest = join(home, "mlx-models.json");
  const { models } = JSON.parse(await readFile(manifest, "utf8")) as { readonly models: object };
  await writeFile(manifest, JSON.stringify({ models: { ...models, third: "org/third" } }));
  await rm(cacheDir, { recursive: true });
  const lock = await readFile(join(home, "mlx-models.lock"), "utf8");
  const { stdout } = await run(["install", "--dry-run", "--json"]);
  const plan = JSON.parse(stdout) as {
    readonly models: readonly {
      readonly alias: string;
      readonly bytes: { readonly toFetch: number };
    }[];
  };
  expect(plan).toMatchObject({
    dryRun: true,
    models: [
      { alias: "chat", locked: true, repoId: "org/chat" },
      { alias: "embed", locked: true },
      { alias: "third", locked: false },
    ],
    failed: [],
  });
  for (const { alias, bytes } of plan.models) expect(bytes.toFetch, alias).toBeGreaterThan(2000);
  const people = await run(["install", "chat", "--dry-run"]);
  expect(people.stdout).toMatch(/^ALIAS +MODEL.*\nchat +org\/chat .*locked\n$/);
  expect(people.stderr).toContain("Nothing was fetched. To fetch: ");
  expect((await run(["install", "--frozen", "--dry-run"])).code).toBe(2);
  expect(await readFile(join(home, "mlx-models.lock"), "utf8")).toBe(lock);
  await expect(readFile(join(cacheDir, "models--org--chat/refs/main"))).rejects.toThrow();
});

test("add --preset writes a named selection, which install and every check keep to", async () => {
  const { run, home } = await startProject();
  const added = await run(["add", "tok=org/chat", "--preset", "tokenizer"]);
  expect(added.code, added.stderr).toBe(0);
  const manifest = JSON.parse(await readFile(join(home, "mlx-models.json"), "utf8"));
  expect(manifest).toMatchObject({ models: { tok: { ref: "org/chat", preset: "tokenizer" } } });
  const lock = JSON.parse(await readFile(join(home, "mlx-models.lock"), "utf8"));
  expect(
    Object.keys(lock.models.tok.files).filter((path) => path.endsWith(".safetensors")),
  ).toEqual([]);
  expect(lock.models.tok.selection).toEqual({ include: [], exclude: [], preset: "tokenizer" });
  expect((await run(["install", "--frozen"])).code).toBe(0);
  await writeFile(
    join(home, "mlx-models.json"),
    JSON.stringify(manifest).replace('"tokenizer"', '"config"'),
  );
  const other = await run(["install", "--frozen", "--json"]);
  expect(JSON.parse(other.stdout)).toMatchObject({ error: { code: "lock/out-of-date" } });
  await writeFile(
    join(home, "mlx-models.json"),
    JSON.stringify(manifest).replace('"tokenizer"', '"tokeniser"'),
  );
  const wrong = await run(["install", "--json"]);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: "lock/invalid" } });
});

test("add, install, lock and remove keep the two files and say what they did", async () => {
  const { hub, run, home } = await startProject();
  const deep = join(home, "apps", "web");
  await mkdir(deep, { recursive: true });
  const installed = await run(["install", "--frozen", "--json"]);
  expect(installed.code).toBe(0);
  expect(json(installed.stdout)).toMatchObject({
    models: [
      { alias: "chat", fromCache: true },
      { alias: "embed", fromCache: true },
    ],
    failed: [],
  });
  expect(hub.log.entries).toEqual([]);
  expect((await run(["lock", "--check"])).code).toBe(0);
  const exported = await run(["lock", "--format", "cyclonedx"]);
  expect(JSON.parse(exported.stdout)).toMatchObject({ bomFormat: "CycloneDX" });
  const path = await run(["path", "chat"]);
  expect(path.stdout.trim()).toBe(json(installed.stdout).models[0]?.path);
  const removed = await run(["remove", "embed", "--project", home]);
  expect(removed.code, removed.stderr).toBe(0);
  expect(JSON.parse(await readFile(join(home, "mlx-models.json"), "utf8"))).toEqual({
    models: { chat: "org/chat" },
  });
});

test("an empty machine installs from another mirror, and a moved branch is told when asked", async () => {
  const { run, env, home } = await startProject();
  const mirror = await startTestHub();
  onTestFinished(() => mirror.close());
  await mirror.addRepo("org/chat", modelFiles(50_000));
  await mirror.addRepo("org/embed", {
    "config.json": "{}",
    "model.safetensors": { size: 9000, seed: 5 },
  });
  await mirror.addRepo("org/chat", modelFiles(60_000));
  env["HF_ENDPOINT"] = mirror.url;
  env["HF_HOME"] = join(home, "other");
  const { code, stdout } = await run(["install", "--frozen", "--json"]);
  expect(code).toBe(0);
  expect(json(stdout).models.map(({ bytes }) => bytes.fetched > 0)).toEqual([true, true]);
  expect(mirror.log.of({ target: "api" })).toEqual([]);
  const asked = await run(["install", "--outdated", "--exit-code", "--json"]);
  expect(asked.code).toBe(12);
  expect(json(asked.stdout).moved).toMatchObject([{ alias: "chat" }]);
  expect((await run(["install", "--outdated", "-q"])).code).toBe(0);
  const upgraded = await run(["lock", "--upgrade", "chat", "--json"]);
  const to = json(asked.stdout).moved?.[0]?.to;
  expect(JSON.parse(upgraded.stdout)).toMatchObject({
    changed: ["chat"],
    models: [{ alias: "chat", commit: to }, { alias: "embed" }],
  });
  expect((await run(["install", "--frozen", "-q"])).stdout).toContain(to);
});

test("a lock that is out of date is exit 2, a changed one exit 7, other bytes exit 7", async () => {
  const { run, home, cacheDir } = await startProject();
  const manifest = join(home, "mlx-models.json");
  const lock = join(home, "mlx-models.lock");
  const text = await readFile(lock, "utf8");
  const codeOf = async (args: readonly string[]): Promise<[number | null, string]> => {
    const { code, stdout } = await run([...args, "--json"]);
    const { error } = JSON.parse(stdout) as { error?: { code: string } };
    return [code, error?.code ?? ""];
  };
  await writeFile(manifest, '{"models":{"chat":"org/chat","embed":"org/embed","new":"org/new"}}');
  expect(await codeOf(["install", "--frozen"])).toEqual([2, "lock/out-of-date"]);
  expect(await codeOf(["lock", "--check"])).toEqual([2, "lock/out-of-date"]);
  expect(await codeOf(["verify", "--lock"])).toEqual([2, "lock/out-of-date"]);
  await writeFile(manifest, '{"models":{"chat":"org/chat","embed":"org/embed"}}');
  await writeFile(lock, text.replace(/ 9000"/, ' 9001"'));
  expect(await codeOf(["install", "--frozen"])).toEqual([7, "lock/tampered"]);
  await writeFile(lock, text);
  expect((await run(["verify", "--lock"])).code).toBe(0);
  const { stdout } = await run(["path", "embed"]);
  const weights = join(stdout.trim(), "model.safetensors");
  await writeFile(weights, Buffer.alloc(9000));
  const verified = await run(["verify", "--lock", "--json"]);
  expect(verified.code).toBe(7);
  expect(JSON.parse(verified.stdout)).toMatchObject({ bad: [{ path: "model.safetensors" }] });
  await rm(join(cacheDir, "models--org--embed"), { recursive: true });
  expect((await run(["verify", "--lock"])).code).toBe(7);
});

test("some models that fail are exit 11, the only one its own, an optional one none", async () => {
  const { hub, run, home } = await startProject();
  hub.store.removeRepo("org/chat");
  await rm(join(home, "hf"), { recursive: true });
  const some = await run(["install", "--frozen", "--json"]);
  expect(some.code).toBe(11);
  expect(json(some.stdout)).toMatchObject({
    models: [{ alias: "embed" }],
    failed: [
      { alias: "chat", optional: false, error: { code: "hub/repo-not-found", exitCode: 4 } },
    ],
  });
  expect((await run(["install", "chat", "--frozen"])).code).toBe(4);
  const events = await run(["install", "--frozen", "--events", "-q"]);
  expect(events.code).toBe(11);
  expect(ndjson(events.stdout).at(-1)).toMatchObject({ type: "error" });
  await writeFile(
    join(home, "mlx-models.json"),
    '{"models":{"chat":{"ref":"org/chat","optional":true},"embed":"org/embed"}}',
  );
  const optional = await run(["install", "--frozen"]);
  expect(optional.code, optional.stderr).toBe(0);
  expect(optional.stderr).toContain("optional");
});

test("those who mean another program's words are told the way", async () => {
  const { run } = await startStage();
  const install = await run(["install", "llama"]);
  expect(install.code).toBe(4);
  expect(install.stderr).toContain("mlx-download get llama");
  expect((await run(["remove", "llama"])).stderr).toContain("mlx-download cache rm");
  expect((await run(["install"])).stderr).toContain("mlx-download add org/name");
});

test("an update by alias moves the lock, and cleaning keeps the locked commit", async () => {
  const { hub, run, home } = await startProject();
  const lockOf = async (): Promise<string> => readFile(join(home, "mlx-models.lock"), "utf8");
  const before = await lockOf();
  const second = await hub.addRepo("org/chat", modelFiles(60_000));
  const left = await run(["update"]);
  expect(left.stderr).toContain("update ALIAS");
  expect(await lockOf()).toBe(before);
  const updated = await run(["update", "chat", "--json"]);
  expect(updated.code, updated.stderr).toBe(0);
  expect(await lockOf()).toContain(second.commit);
  await hub.addRepo("org/chat", modelFiles(70_000));
  expect((await run(["get", "org/chat", "-q"])).code).toBe(0);
  const pruned = await run(["cache", "prune", "--yes", "--json"]);
  expect(JSON.parse(pruned.stdout)).toMatchObject({
    kept: [{ repoId: "org/chat", commit: second.commit, reason: "locked" }],
  });
  expect((await run(["install", "--offline", "--frozen", "-q"])).code).toBe(0);
});

test("an installation that is killed goes on where it stopped", { timeout: 120_000 }, async () => {
  const { hub, run, start, env, home } = await startStage().then((stage) => ({
    ...stage,
    home: stage.env["HOME"] ?? "",
  }));
  const size = 24_000_000;
  await hub.addRepo("org/big", { "config.json": "{}", "model.safetensors": { size, seed: 3 } });
  expect((await run(["add", "big=org/big", "-q"])).code).toBe(0);
  env["HF_HOME"] = join(home, "other");
  hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 6_000_000, times: 8 });
  const child = start(["install", "--frozen", "--events"]);
  for await (const chunk of child.stdout) {
    const progress = ndjson(String(chunk).replace(/[^\n]*$/, "")).some(
      (event) => event["type"] === "progress" && JSON.stringify(event).includes('"received":1'),
    );
    if (progress) break;
  }
  child.kill("SIGKILL");
  const { code, stdout } = await run(["install", "--frozen", "--json"]);
  expect(code).toBe(0);
  const [model] = json(stdout).models;
  expect(model?.bytes.total).toBe(size + 2);
  expect(model?.bytes.fetched).toBeLessThan(size);
});

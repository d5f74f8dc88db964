import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseLock, parseManifest } from "@mlx-download/registry";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { findProject } from "../src/files/find-project.ts";
import { addModels } from "../src/models/add-models.ts";
import { lockedCommits } from "../src/models/locked-commits.ts";
import { lockModels } from "../src/models/lock-models.ts";
import { removeModels } from "../src/models/remove-models.ts";
import { updateLock } from "../src/models/update-lock.ts";
import { codeOf, model, startLocked, startPlace, textOf } from "./fixture.ts";

test("adding downloads a model and writes both files, once and in one order", async () => {
  const { folder, options } = await startPlace();
  const added = [{ ref: "acme/embed" }, { alias: "chat", ref: "acme/chat@main" }];
  const { models, failed } = await addModels(folder, added, options);
  expect(failed).toEqual([]);
  expect(models.map(({ alias, repoId }) => [alias, repoId])).toEqual([
    ["chat", "acme/chat"],
    ["embed", "acme/embed"],
  ]);
  expect(parseManifest(await textOf(folder, "mlx-models.json")).models.get("chat")?.ref).toBe(
    "acme/chat@main",
  );
  const text = await textOf(folder);
  const chat = parseLock(text).models.get("chat");
  expect(chat).toMatchObject({
    license: "mit",
    gated: false,
    requested: "acme/chat@main",
    loads: { modelType: "llama", quantization: "4bit-g64" },
  });
  expect(text).not.toMatch(/127\.0\.0\.1|http|token"|\/tmp/);
  expect((await readdir(folder)).toSorted()).toEqual(["mlx-models.json", "mlx-models.lock"]);
});

test("what could not be brought is not written, and the others are", async () => {
  const { folder, options } = await startPlace();
  const { failed } = await addModels(folder, [{ ref: "acme/chat" }, { ref: "acme/no" }], options);
  expect(failed).toMatchObject([{ alias: "no", error: { code: "hub/repo-not-found" } }]);
  const { models } = parseManifest(await textOf(folder, "mlx-models.json"));
  expect([...models.keys()]).toEqual(["chat"]);
});

test("a name that not every system can hold is not locked, unless it is left out", async () => {
  const { hub, folder, options } = await startPlace();
  await hub.addRepo("acme/odd", { ...model(6), "aux.txt": "x" });
  const { failed } = await addModels(folder, [{ ref: "acme/odd" }], options);
  expect(failed).toMatchObject([
    { alias: "odd", error: { code: "lock/invalid", message: expect.stringContaining("aux.txt") } },
  ]);
  const { models } = await addModels(folder, [{ ref: "acme/odd" }], {
    ...options,
    exclude: ["aux.txt"],
  });
  expect(models).toHaveLength(1);
});

test("a manifest stays as people wrote it but for the added line", async () => {
  const { folder, options } = await startPlace();
  const path = join(folder, "mlx-models.json");
  const text =
    '{\r\n\t"$schema": "./x.json",\r\n\t"models": {\r\n\t\t"z": {\r\n\t\t\t"exclude": ["*.md"],\r\n\t\t\t"ref": "acme/embed"\r\n\t\t}\r\n\t}\r\n}\r\n';
  await writeFile(path, text.replace('["*.md"]', '[\r\n\t\t\t\t"*.md"\r\n\t\t\t]'));
  const before = await textOf(folder, "mlx-models.json");
  await addModels(folder, [{ ref: "acme/chat" }], options);
  const after = await textOf(folder, "mlx-models.json");
  expect(after).toBe(
    before.replace('"models": {\r\n', '"models": {\r\n\t\t"chat": "acme/chat",\r\n'),
  );
  await removeModels(folder, ["chat"], options);
  expect(await textOf(folder, "mlx-models.json")).toBe(before);
});

test("an alias belongs to one repo, unless it is named", async () => {
  const { hub, folder, options } = await startLocked();
  await hub.addRepo("other/chat", model(5));
  const add = (alias: string | undefined, ref: string): Promise<string> =>
    codeOf(addModels(folder, [{ alias, ref }], options));
  expect(await add(undefined, "other/chat")).toBe("lock/alias-taken");
  expect(await add("Chat", "other/chat")).toBe("lock/alias-taken");
  expect(await add("a/b", "other/chat")).toBe("lock/invalid");
  expect(await add("chat", "other/chat")).toBe("none");
  expect(parseLock(await textOf(folder)).models.get("chat")?.repoId).toBe("other/chat");
});

test("removing takes a model out of both files, and knows only aliases", async () => {
  const { folder, options } = await startLocked();
  expect([...(await removeModels(folder, ["chat"], options)).keys()]).toEqual(["chat"]);
  expect([...parseLock(await textOf(folder)).models.keys()]).toEqual(["embed"]);
  expect(await codeOf(removeModels(folder, ["chat"], options))).toBe("lock/unknown-alias");
  expect(await codeOf(removeModels(await tempDir(), ["chat"], options))).toBe("lock/no-manifest");
});

test("processes that add models at once lose nothing", { timeout: 120_000 }, async () => {
  const { hub, folder, options } = await startPlace();
  const names = Array.from({ length: 4 }, (_, at) => `m${at}`);
  for (const [at, name] of names.entries()) await hub.addRepo(`acme/${name}`, model(at));
  const child = fileURLToPath(new URL("add-child.ts", import.meta.url));
  const { endpoint, cacheDir, env } = options;
  const results = await Promise.all(
    names.map((name) =>
      run(process.execPath, ["--conditions=@mlx-download/source", child, folder, `acme/${name}`], {
        env: { ...process.env, ...env, HF_ENDPOINT: endpoint, HF_HUB_CACHE: cacheDir },
      }),
    ),
  );
  expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, ""]));
  expect([...parseManifest(await textOf(folder, "mlx-models.json")).models.keys()]).toEqual(names);
  expect([...parseLock(await textOf(folder)).models.keys()]).toEqual(names);
});

test("a lock is made without fetching weights, and keeps the commits that it has", async () => {
  const { hub, folder, options, cacheDir } = await startPlace();
  const manifest = (models: object): Promise<void> =>
    writeFile(join(folder, "mlx-models.json"), JSON.stringify({ models }));
  await manifest({ chat: "acme/chat" });
  expect(await lockModels(folder, options)).toMatchObject({
    added: ["chat"],
    changed: [],
    removed: [],
  });
  expect(hub.log.of({ path: "model.safetensors" })).toEqual([]);
  expect(await readdir(cacheDir).catch(() => [])).toEqual([]);
  const before = parseLock(await textOf(folder)).models.get("chat");
  await hub.addRepo("acme/chat", model(3));
  await manifest({ chat: "acme/chat", embed: "acme/embed" });
  expect(await lockModels(folder, options)).toMatchObject({ added: ["embed"] });
  expect(parseLock(await textOf(folder)).models.get("chat")).toEqual(before);
  await manifest({ embed: { ref: "acme/embed", exclude: ["*.md"] } });
  expect(await lockModels(folder, options)).toMatchObject({
    changed: ["embed"],
    removed: ["chat"],
  });
});

test("only an update moves a commit, of all models or of those that are named", async () => {
  const { hub, folder, options } = await startLocked();
  const before = await textOf(folder);
  expect(await updateLock(folder, options)).toEqual({ moved: [], failed: [] });
  const newer = await hub.addRepo("acme/chat", model(3));
  await hub.addRepo("acme/embed", model(4));
  const looked = await updateLock(folder, { ...options, dryRun: true });
  expect(looked.moved.map(({ alias }) => alias)).toEqual(["chat", "embed"]);
  expect(await textOf(folder)).toBe(before);
  const { moved } = await updateLock(folder, { ...options, aliases: ["chat"] });
  expect(moved).toMatchObject([{ alias: "chat", revision: "main", to: newer.commit }]);
  const { models } = parseLock(await textOf(folder));
  expect(models.get("chat")?.commit).toBe(newer.commit);
  expect(models.get("embed")).toEqual(parseLock(before).models.get("embed"));
  expect(await codeOf(updateLock(folder, { ...options, aliases: ["no"] }))).toBe(
    "lock/unknown-alias",
  );
});

test("the commits that projects of this machine lock are known to those who clean the cache", async () => {
  const { folder, options } = await startLocked();
  const { env } = options;
  const { models } = parseLock(await textOf(folder));
  const all = [...models.values()].map(({ repoId, commit }) => `${repoId}@${commit}`);
  const elsewhere = await tempDir();
  expect(await lockedCommits({ folder: elsewhere, env })).toEqual(new Set(all));
  expect(await lockedCommits({ folder: elsewhere, env: { HOME: elsewhere } })).toEqual(new Set());
  await writeFile(join(folder, "mlx-models.lock"), "<<<<<<< HEAD");
  expect(await lockedCommits({ folder, env })).toEqual(new Set());
});

test("the nearest project upwards is the one", async () => {
  const { folder } = await startLocked();
  const deep = join(folder, "packages", "app", "src");
  await mkdir(deep, { recursive: true });
  expect(await findProject(deep)).toBe(folder);
  await writeFile(join(folder, "packages", "app", "mlx-models.json"), '{"models":{}}');
  expect(await findProject(deep)).toBe(join(folder, "packages", "app"));
  expect(await findProject(await tempDir())).toBeUndefined();
});

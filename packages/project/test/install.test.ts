import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { filesDigest, formatLock, parseLock, type LockedModel } from "@mlx-download/registry";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { installModels } from "../src/models/install-models.ts";
import { codeOf, contentOf, model, placeAt, startLocked, startPlace, textOf } from "./fixture.ts";

/** Writes a lock whose model `chat` is changed so that it still belongs together. */
async function rewrite(
  folder: string,
  change: (chat: LockedModel) => Partial<LockedModel>,
): Promise<void> {
  const { models } = parseLock(await textOf(folder));
  const chat = models.get("chat");
  if (chat === undefined) throw new Error("no chat");
  const changed = { ...chat, ...change(chat) };
  const whole = { ...changed, digest: filesDigest(changed.files) };
  const text = formatLock({ models: new Map([...models, ["chat", whole]]) });
  await writeFile(join(folder, "mlx-models.lock"), text);
}

test("an empty machine gets the same bytes from another mirror, asking for bytes alone", async () => {
  const { folder, options } = await startLocked();
  const first = await installModels(folder, { ...options, frozen: true });
  const mirror = await startTestHub();
  onTestFinished(() => mirror.close());
  await mirror.addRepo("acme/chat", model(1));
  await mirror.addRepo("acme/embed", model(2));
  // The mirror's branch has moved on since.
  await mirror.addRepo("acme/chat", model(3));
  const other = await placeAt(mirror, folder);
  const { models, failed } = await installModels(folder, {
    ...other.options,
    frozen: true,
    review: true,
  });
  expect(failed).toEqual([]);
  expect(models.map(({ alias, fromCache }) => [alias, fromCache])).toEqual([
    ["chat", false],
    ["embed", false],
  ]);
  for (const [index, { path, commit }] of models.entries()) {
    expect(commit).toBe(first.models[index]?.commit);
    expect(await contentOf(path)).toEqual(await contentOf(first.models[index]?.path ?? ""));
  }
  expect(mirror.log.of({ target: "api" })).toEqual([]);
  expect(mirror.log.of(({ url }) => !/\/resolve(?:-cache)?\/|\/cdn|\/lfs/.test(url))).toEqual(
    mirror.log.of({ target: "cdn" }),
  );
});

test("a branch that moved changes nothing: the lock decides", async () => {
  const { hub, folder, options } = await startLocked();
  const before = await textOf(folder);
  await hub.addRepo("acme/chat", model(3));
  const { models } = await installModels(folder, options);
  expect(models.every(({ fromCache }) => fromCache)).toBe(true);
  expect(hub.log.of({ target: "api" })).toEqual([]);
  expect(await textOf(folder)).toBe(before);
});

test("offline, the cache alone is enough, or the error names what is missing", async () => {
  const { hub, folder, options } = await startLocked();
  const { models } = await installModels(folder, { ...options, offline: true });
  expect(models).toHaveLength(2);
  const { options: elsewhere } = await placeAt(hub, folder);
  const { failed } = await installModels(folder, { ...elsewhere, offline: true });
  expect(failed.map(({ error }) => (error as { code?: string }).code)).toEqual([
    "offline/not-cached",
    "offline/not-cached",
  ]);
  expect(hub.log.entries).toEqual([]);
});

test("a lock that is not that of the manifest is refused when frozen, else made so", async () => {
  const { hub, folder, options } = await startLocked();
  await hub.addRepo("acme/third", model(4));
  const manifest = {
    models: { chat: { ref: "acme/chat", include: ["*.json"] }, third: "acme/third@main" },
  };
  await writeFile(join(folder, "mlx-models.json"), JSON.stringify(manifest));
  expect(await codeOf(installModels(folder, { ...options, frozen: true }))).toBe(
    "lock/out-of-date",
  );
  expect(hub.log.entries).toEqual([]);
  const { models } = await installModels(folder, options);
  expect(models.map(({ alias }) => alias)).toEqual(["chat", "third"]);
  const lock = parseLock(await textOf(folder));
  expect([...lock.models.keys()]).toEqual(["chat", "third"]);
  expect([...(lock.models.get("chat")?.files.keys() ?? [])]).toEqual([
    "config.json",
    "tokenizer/tokenizer.json",
  ]);
  await installModels(folder, { ...options, frozen: true });
});

test("no lock and no manifest have errors of their own", async () => {
  const { folder, options } = await startLocked();
  await rm(join(folder, "mlx-models.lock"));
  expect(await codeOf(installModels(folder, { ...options, frozen: true }))).toBe("lock/no-lock");
  expect(await codeOf(installModels(await tempDir(), options))).toBe("lock/no-manifest");
  await installModels(folder, options);
  expect(parseLock(await textOf(folder)).models.size).toBe(2);
});

test.each([
  [
    "another digest",
    (chat: LockedModel) => ({
      files: new Map([
        ...chat.files,
        ["model.safetensors", { sha256: "0".repeat(64), size: 300_000 }],
      ]),
    }),
    "transfer/checksum-mismatch",
  ],
  [
    "the SHA-256 of a small file",
    (chat: LockedModel) => {
      const file = chat.files.get("config.json");
      return file
        ? { files: new Map([...chat.files, ["config.json", { ...file, sha256: "0".repeat(64) }]]) }
        : {};
    },
    "transfer/checksum-mismatch",
  ],
  [
    "another size",
    (chat: LockedModel) => {
      const file = chat.files.get("model.safetensors");
      return file
        ? { files: new Map([...chat.files, ["model.safetensors", { ...file, size: 299_999 }]]) }
        : {};
    },
    "transfer/size-mismatch",
  ],
])("%s in a lock that belongs together is found by the bytes", async (_what, change, code) => {
  const { hub, folder, options } = await startLocked();
  await rewrite(folder, change);
  // With the cache that has the model, and on an empty machine.
  for (const place of [options, (await placeAt(hub, folder)).options]) {
    const { failed } = await installModels(folder, { ...place, frozen: true, aliases: ["chat"] });
    expect(failed.map(({ error }) => (error as { code?: string }).code)).toEqual([code]);
  }
});

test.each([
  ["another repo", () => ({ repoId: "evil/chat" }), "lock/tampered"],
  [
    "a file that its selection leaves out",
    (chat: LockedModel) => ({ selection: { include: ["*.json"], exclude: [] }, files: chat.files }),
    "lock/tampered",
  ],
])("a lock with %s is refused before anything is asked", async (_what, change, code) => {
  const { hub, folder, options } = await startLocked();
  await rewrite(folder, change);
  const text = '{"models":{"chat":{"ref":"acme/chat","include":["*.json"]},"embed":"acme/embed"}}';
  if (_what.startsWith("a file")) await writeFile(join(folder, "mlx-models.json"), text);
  expect(await codeOf(installModels(folder, { ...options, frozen: true }))).toBe(code);
  expect(hub.log.entries).toEqual([]);
});

test("a lock with other line ends, a byte order mark, a merge's markers or a later format", async () => {
  const { folder, options } = await startLocked();
  const path = join(folder, "mlx-models.lock");
  const text = await textOf(folder);
  const frozen = (): Promise<string> => codeOf(installModels(folder, { ...options, frozen: true }));
  await writeFile(path, `\uFEFF${text.replaceAll("\n", "\r\n")}`);
  expect(await frozen()).toBe("none");
  await writeFile(path, text.replace('    "embed"', '<<<<<<< HEAD\n    "embed"'));
  expect(await frozen()).toBe("lock/conflict");
  await writeFile(path, text.replace('"lockVersion": 1', '"lockVersion": 2'));
  expect(await frozen()).toBe("lock/version");
  await writeFile(path, text.replace('"config.json"', '"../config.json"'));
  expect(await frozen()).toBe("lock/tampered");
});

test("two aliases of one repo, with other files and at another revision, are all here", async () => {
  const { hub, folder, options } = await startPlace();
  const old = await hub.addRepo("acme/chat", model(1));
  await hub.addRepo("acme/chat", model(3));
  const manifest = {
    models: {
      whole: "acme/chat",
      config: { ref: "acme/chat", include: ["config.json"] },
      old: `acme/chat@${old.commit}`,
    },
  };
  await writeFile(join(folder, "mlx-models.json"), JSON.stringify(manifest));
  await installModels(folder, options);
  const other = await placeAt(hub, folder);
  const { models } = await installModels(folder, { ...other.options, frozen: true });
  const place = Object.fromEntries(models.map(({ alias, path }) => [alias, path]));
  expect(place["whole"]).toBe(place["config"]);
  expect(place["old"]).toContain(old.commit);
  expect(Object.keys(await contentOf(place["old"] ?? ""))).toHaveLength(4);
  expect(Object.keys(await contentOf(place["whole"] ?? ""))).toHaveLength(4);
});

test("a gone commit is installed from the cache, and one that is nowhere stops no other", async () => {
  const { hub, folder, options } = await startLocked();
  hub.store.removeRepo("acme/chat");
  const here = await installModels(folder, { ...options, frozen: true });
  expect(here.failed).toEqual([]);
  const other = await placeAt(hub, folder);
  const { models, failed } = await installModels(folder, { ...other.options, frozen: true });
  expect(models.map(({ alias }) => alias)).toEqual(["embed"]);
  expect(failed).toMatchObject([
    { alias: "chat", optional: false, error: { code: "hub/repo-not-found" } },
  ]);
});

test("an optional model that cannot be had is reported as such", async () => {
  const { folder, options } = await startPlace();
  const manifest = { models: { chat: "acme/chat", not: { ref: "acme/none", optional: true } } };
  await writeFile(join(folder, "mlx-models.json"), JSON.stringify(manifest));
  const { models, failed } = await installModels(folder, options);
  expect(models.map(({ alias }) => alias)).toEqual(["chat"]);
  expect(failed).toMatchObject([{ alias: "not", optional: true }]);
});

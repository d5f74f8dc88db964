import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, repoLayout } from "@mlx-download/cache";
import { parseLock } from "@mlx-download/registry";
import { expect, test } from "vitest";
import { findAlias } from "../src/models/find-alias.ts";
import { installModels } from "../src/models/install-models.ts";
import { locateLocked } from "../src/models/locate-locked.ts";
import { verifyProject } from "../src/models/verify-project.ts";
import { codeOf, placeAt, startLocked, textOf } from "./fixture.ts";

test("every byte in the cache is verified against the lock, without network", async () => {
  const { hub, folder, options, cacheDir } = await startLocked();
  const good = await verifyProject(folder, options);
  expect(good).toMatchObject({ checked: 8, bad: [], missing: [] });
  const file = parseLock(await textOf(folder))
    .models.get("chat")
    ?.files.get("model.safetensors");
  const blob = blobPath(repoLayout(cacheDir, "acme/chat"), file?.sha256 ?? "");
  const bytes = await readFile(blob);
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  await writeFile(blob, bytes);
  const { bad } = await verifyProject(folder, options);
  expect(bad).toMatchObject([
    {
      repoId: "acme/chat",
      path: "model.safetensors",
      expected: `sha256:${file?.sha256}`,
      reason: "digest",
    },
  ]);
  await rm(repoLayout(cacheDir, "acme/embed").repoDir, { recursive: true });
  const { missing } = await verifyProject(folder, options);
  expect(missing.map(({ repoId, reason }) => [repoId, reason])).toEqual(
    Array.from({ length: 4 }, () => ["acme/embed", "absent"]),
  );
  expect(hub.log.entries).toEqual([]);
});

test("a lock that is not that of the manifest is not verified", async () => {
  const { folder, options } = await startLocked();
  await writeFile(join(folder, "mlx-models.json"), '{"models":{"chat":"acme/chat"}}');
  expect(await codeOf(verifyProject(folder, options))).toBe("lock/out-of-date");
  await rm(join(folder, "mlx-models.lock"));
  expect(await codeOf(verifyProject(folder, options))).toBe("lock/no-lock");
});

test("an alias is found with its files, whether they are here or not", async () => {
  const { hub, folder, options } = await startLocked();
  const found = await findAlias("chat", join(folder, "deep", "er"));
  expect(found).toMatchObject({ alias: "chat", folder, snapshot: { repoId: "acme/chat" } });
  expect(await findAlias("acme/chat", folder)).toBeUndefined();
  expect(await findAlias("none", folder)).toBeUndefined();
  if (found === undefined) throw new Error("not found");
  expect(await locateLocked(found.snapshot, options)).toMatchObject({ missing: [] });
  const other = await placeAt(hub, folder);
  expect((await locateLocked(found.snapshot, other.options)).missing).toHaveLength(4);
  await installModels(folder, { ...other.options, frozen: true });
  expect((await locateLocked(found.snapshot, other.options)).missing).toEqual([]);
});

test("an alias that is wanted and not locked so is an error, never another model", async () => {
  const { folder } = await startLocked();
  const manifest = '{"models":{"chat":"acme/embed","embed":"acme/embed","new":"acme/chat"}}';
  await writeFile(join(folder, "mlx-models.json"), manifest);
  expect(await codeOf(findAlias("chat", folder))).toBe("lock/out-of-date");
  expect(await codeOf(findAlias("new", folder))).toBe("lock/out-of-date");
  expect((await findAlias("embed", folder))?.snapshot.repoId).toBe("acme/embed");
});

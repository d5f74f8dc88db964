import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, FILES, publishGolden } from "../../test/golden-model.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { snapshotPath } from "../names/layout.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { publishRef } from "./publish-ref.ts";

const snapshot = { revision: "main", commit: COMMIT, files: FILES };

test("a ref is published once every file is in the snapshot", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await publishRef(layout, snapshot);
  expect(await readRef(layout, "main")).toBe(COMMIT);
});

test("no ref is written while a file is missing", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await rm(snapshotPath(layout, COMMIT, "config.json"));
  await expect(publishRef(layout, snapshot)).rejects.toMatchObject({
    code: "cache/removed-meanwhile",
    data: { missing: ["config.json"] },
  });
  expect(await readRef(layout, "main")).toBeUndefined();
});

test("a ref that says so already, and a commit, are checked as well", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await rm(snapshotPath(layout, COMMIT, "config.json"));
  await writeRef(layout, "main", COMMIT);
  for (const revision of ["main", COMMIT]) {
    await expect(publishRef(layout, { ...snapshot, revision })).rejects.toMatchObject({
      code: "cache/removed-meanwhile",
    });
  }
});

test("a ref that points elsewhere is left alone while a file is missing", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await writeRef(layout, "main", "f".repeat(40));
  await rm(snapshotPath(layout, COMMIT, "model.safetensors"));
  await expect(publishRef(layout, snapshot)).rejects.toThrow();
  expect(await readRef(layout, "main")).toBe("f".repeat(40));
});

test("a ref is published only while no removal runs in the repo", async () => {
  const layout = await publishGolden(await tempDir(), { revision: null });
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let entered = (): void => {};
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const removing = withRepoLock(layout, async () => {
    entered();
    await held;
    await rm(snapshotPath(layout, COMMIT, "config.json"));
  });
  await inside;
  const publishing = publishRef(layout, snapshot);
  // Without the lock it would have looked and written by now.
  await Promise.race([publishing.catch(() => {}), sleep(300)]);
  expect(await readRef(layout, "main")).toBeUndefined();
  letGo();
  await removing;
  await expect(publishing).rejects.toMatchObject({ code: "cache/removed-meanwhile" });
  expect(await readRef(layout, "main")).toBeUndefined();
});

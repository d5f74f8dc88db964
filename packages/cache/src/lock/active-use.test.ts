import { access, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { repoLayout, type RepoLayout } from "../names/layout.ts";
import { prepareRepo } from "../publish/prepare-repo.ts";
import { announceDownload, findActiveUse, inUse } from "./active-use.ts";
import { tryLock } from "./lock.ts";
import { repoLockPath, withRepoLock } from "./repo-lock.ts";

async function prepared(): Promise<RepoLayout> {
  const layout = repoLayout(await tempDir(), "acme/tiny");
  await prepareRepo(layout);
  return layout;
}

/** A removal in the repo that goes on until `letGo`, and does `last` before it ends. */
async function removal(layout: RepoLayout, last: () => Promise<void> = async () => {}) {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: inside, resolve: entered } = Promise.withResolvers<void>();
  const done = withRepoLock(layout, async () => {
    entered();
    await held;
    await last();
  });
  await inside;
  onTestFinished(async () => {
    letGo();
    await done;
  });
  return { letGo, done };
}

const signs = async (layout: RepoLayout): Promise<string[]> =>
  (await readdir(layout.locksDir).catch(() => [])).filter((name) =>
    /^(?:download|use)-/.test(name),
  );

test.each(["download", "use"] as const)(
  "a sign of %s is found while it lasts, says so, and leaves nothing behind",
  async (purpose) => {
    const layout = await prepared();
    const end = await announceDownload(layout, { purpose });
    const found = await findActiveUse(layout);
    expect(found?.purpose).toBe(purpose);
    const words = purpose === "use" ? "is loaded by a program" : "is downloading into";
    expect(found && inUse(layout, found).message).toContain(words);
    await end();
    expect(await readdir(layout.locksDir)).toEqual([]);
    expect(await findActiveUse(layout)).toBeUndefined();
  },
);

test("a download waits for the removal that runs in its repo", async () => {
  const layout = await prepared();
  const { letGo, done } = await removal(layout);
  let isAnnounced = false;
  const announcing = announceDownload(layout).then((end) => {
    isAnnounced = true;
    return end;
  });
  // Its sign is there first. Several looks at the lock later it still waits.
  await vi.waitUntil(async () => (await signs(layout)).length === 1);
  expect(await tryLock(repoLockPath(layout))).toBeUndefined();
  expect(isAnnounced).toBe(false);
  letGo();
  await done;
  await (
    await announcing
  )();
});

test("a sign that the removal swept away with the repo is set again", async () => {
  const layout = await prepared();
  const { letGo, done } = await removal(layout, () => rm(layout.locksDir, { recursive: true }));
  const announcing = announceDownload(layout);
  await vi.waitUntil(async () => (await signs(layout)).length === 1);
  const [swept] = await signs(layout);
  letGo();
  await done;
  const end = await announcing;
  expect(await signs(layout)).toEqual([expect.not.stringContaining(swept ?? "")]);
  expect(await findActiveUse(layout)).toMatchObject({ purpose: "download" });
  await end();
});

test("a download that is given up while it waits leaves no sign", async () => {
  const layout = await prepared();
  await removal(layout);
  const stop = new AbortController();
  const announcing = announceDownload(layout, { signal: stop.signal });
  await vi.waitUntil(async () => (await signs(layout)).length === 1);
  stop.abort(new Error("enough"));
  await expect(announcing).rejects.toThrow("enough");
  expect(await signs(layout)).toEqual([]);
});

test("signs of dead processes are swept, and other locks are left alone", async () => {
  const layout = await prepared();
  const hex = "a".repeat(64);
  const others = [`${hex}.lock`, "other.lock", "download-xyz.lock"];
  for (const name of [...others, "download-0123456789abcdef.lock", "use-0123456789abcdef.lock"]) {
    await writeFile(join(layout.locksDir, name), "");
  }
  await writeFile(join(layout.blobsDir, `${hex}.1234.incomplete`), "");
  expect(await findActiveUse(layout)).toBeUndefined();
  expect((await readdir(layout.locksDir)).toSorted()).toEqual(others.toSorted());
});

test("a held lock of a blob is a download only while the blob is unfinished", async () => {
  const layout = await prepared();
  const hex = "a".repeat(64);
  const path = join(layout.locksDir, `${hex}.lock`);
  const lock = await tryLock(path);
  onTestFinished(() => lock?.release());
  expect(await findActiveUse(layout)).toBeUndefined();
  const incomplete = join(layout.blobsDir, `${hex}.incomplete`);
  await writeFile(incomplete, "");
  expect(await findActiveUse(layout)).toEqual({ path, purpose: "download" });
  await rm(incomplete);
  await writeFile(join(layout.partialDir, `${hex}.data`), "");
  expect(await findActiveUse(layout)).toEqual({ path, purpose: "download" });
});

test("the lock of a repo leaves no file, names the repo to who waits too long, and hands on other errors", async () => {
  const layout = await prepared();
  await withRepoLock(layout, async () => {
    await access(repoLockPath(layout));
  });
  await expect(access(repoLockPath(layout))).rejects.toMatchObject({ code: "ENOENT" });
  await removal(layout);
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(withRepoLock(layout, async () => {}, { signal: stop })).rejects.toThrow("enough");
  const clock = performance.now.bind(performance);
  let passed = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock() + (passed += 20_000));
  onTestFinished(() => void vi.restoreAllMocks());
  await expect(withRepoLock(layout, async () => {})).rejects.toMatchObject({
    code: "cache/locked",
    message: "Another process is changing acme/tiny in the cache",
    data: { repoId: "acme/tiny", path: repoLockPath(layout) },
  });
});

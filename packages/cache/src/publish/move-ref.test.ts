import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { COMMIT, golden, publishGolden } from "../../test/golden-model.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { blobPath, type RepoLayout } from "../names/layout.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { moveRef } from "./move-ref.ts";

const OTHER = "f".repeat(40);

async function pointedElsewhere(): Promise<RepoLayout> {
  const layout = await publishGolden(await tempDir(), { revision: null });
  await writeRef(layout, "main", OTHER);
  return layout;
}

test("a branch points at another snapshot that is here, once no removal runs", async () => {
  const layout = await pointedElsewhere();
  let moving: Promise<void> | undefined;
  await withRepoLock(layout, async () => {
    moving = moveRef(layout, { revision: "main", commit: COMMIT });
    await readRef(layout, "main");
    expect(await readRef(layout, "main")).toBe(OTHER);
  });
  await moving;
  expect(await readRef(layout, "main")).toBe(COMMIT);
});

test("a branch is not pointed at what is not here, is empty, or is no commit", async () => {
  const layout = await pointedElsewhere();
  const gone = "e".repeat(40);
  const work = (commit: string) => () => moveRef(layout, { revision: "main", commit });
  expect(await codeOf(work(gone))).toBe("cache/not-found");
  await mkdir(join(layout.snapshotsDir, gone));
  expect(await codeOf(work(gone))).toBe("cache/not-found");
  expect(await codeOf(work("../main"))).toBe("cache/invalid-revision");
  expect(await readRef(layout, "main")).toBe(OTHER);
});

test("a branch is not pointed at a snapshot that has lost content", async () => {
  const layout = await pointedElsewhere();
  await rm(blobPath(layout, golden("config.json").file.digest.hex));
  await expect(moveRef(layout, { revision: "main", commit: COMMIT })).rejects.toMatchObject({
    code: "cache/removed-meanwhile",
    data: { missing: ["config.json"] },
  });
  expect(await readRef(layout, "main")).toBe(OTHER);
});

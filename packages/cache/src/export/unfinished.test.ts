import { mkdir, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { sweepUnfinished, unfinishedPath } from "./unfinished.ts";

test("files of runs killed a day ago are removed, newer and foreign ones stay", async () => {
  const dir = await tempDir();
  const target = join(dir, "models [dwq] v1.tar");
  const [old, recent] = [unfinishedPath(target), unfinishedPath(target)];
  const other = unfinishedPath(join(dir, "models [dwq] v2.tar"));
  for (const path of [old, recent, other]) await mkdir(path);
  const long = new Date(Date.now() - 2 * 86_400_000);
  for (const path of [old, other]) await utimes(path, long, long);
  await sweepUnfinished(target);
  const left = (await readdir(dir)).map((name) => join(dir, name));
  expect(left.toSorted()).toEqual([other, recent].toSorted());
});

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, FILES, golden, publishGolden } from "../../test/golden-model.ts";
import { blobPath, repoLayout } from "../names/layout.ts";
import { listSnapshot } from "./list-snapshot.ts";

test("a snapshot without a record is listed by its links, with the ids that the Hub gave", async () => {
  const layout = await publishGolden(await tempDir());
  await rm(layout.treesDir, { recursive: true });
  const expected = FILES.map(({ path, size, digest, blobId }) => ({ path, size, digest, blobId }));
  const sorted = expected.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  expect(await listSnapshot(layout, COMMIT)).toEqual(sorted);
});

test("a plain file is read, and entries that are missing or have no safe path are left out", async () => {
  const layout = await publishGolden(await tempDir(), {
    paths: ["model.safetensors"],
    symlinks: false,
  });
  await publishGolden(layout.cacheDir, { paths: ["config.json"] });
  await rm(blobPath(layout, golden("config.json").file.digest.hex));
  await writeFile(join(layout.snapshotsDir, COMMIT, "line\nbreak.txt"), "");
  const { path, size, digest, blobId } = golden("model.safetensors").file;
  expect(await listSnapshot(layout, COMMIT)).toEqual([{ path, size, digest, blobId }]);
  expect(await listSnapshot(repoLayout(layout.cacheDir, "acme/none"), COMMIT)).toEqual([]);
});

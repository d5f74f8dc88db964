import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { diskFree } from "./disk-free.ts";

test("the room for a folder that is not there yet is that of its nearest parent", async () => {
  const folder = await tempDir();
  expect(await diskFree(join(folder, "not", "yet"))).toBeGreaterThan(0);
});

test.skipIf(process.platform !== "linux")(
  "a file system that says it has no blocks does not say how much is free",
  async () => {
    // As FUSE file systems without an answer to statfs(2).
    expect(await diskFree("/proc/none")).toBeNull();
  },
);

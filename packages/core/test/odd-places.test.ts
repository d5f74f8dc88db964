import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { failure, MODEL, startRoad } from "./fixture.ts";

test.each(["cacheDir", "localDir"] as const)(
  "a file where the %s should be is said, and left alone",
  async (option) => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const file = join(await tempDir(), "in-the-way");
    await writeFile(file, "mine");
    for (const path of [file, join(file, "below")]) {
      const error = await failure(get("acme/tiny", { [option]: path }));
      expect(error.code).toBe("cache/damaged");
      expect(error.message).toContain(file);
    }
  },
);

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { outsideArchive } from "./start-process.ts";

test("a script inside an Electron archive is started from beside it, where it was unpacked", async () => {
  const resources = await tempDir();
  const within = join(resources, "app.asar", "node_modules", "run_bridge.py");
  expect(outsideArchive(within)).toBe(within);
  const beside = join(resources, "app.asar.unpacked", "node_modules");
  await mkdir(beside, { recursive: true });
  await writeFile(join(beside, "run_bridge.py"), "");
  expect(outsideArchive(within)).toBe(join(beside, "run_bridge.py"));
  for (const path of ["/opt/my.asarfolder/run_bridge.py", "/opt/lib/run_bridge.py", "x.asar"])
    expect(outsideArchive(path)).toBe(path);
});

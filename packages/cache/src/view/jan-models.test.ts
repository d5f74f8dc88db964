import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { janModels } from "./jan-models.ts";

test("Jan's models lie where its variable or its settings say, else below the system's folder of data", async () => {
  const home = await tempDir();
  const root = join(home, "Library", "Application Support");
  const find = (env: NodeJS.ProcessEnv = {}): Promise<string> => janModels(home, env, "darwin");
  const usual = join(root, "Jan", "data", "mlx", "models");
  expect(await find()).toBe(usual);
  expect(await janModels(home, {}, "linux")).toBe(
    join(home, ".local", "share", "Jan", "data", "mlx", "models"),
  );
  await mkdir(join(root, "jan.ai.app"), { recursive: true });
  const settings = join(root, "jan.ai.app", "settings.json");
  await writeFile(settings, JSON.stringify({ data_folder: "/Volumes/Big/Jan" }));
  expect(await find()).toBe("/Volumes/Big/Jan/mlx/models");
  expect(await find({ JAN_DATA_FOLDER: "/elsewhere" })).toBe("/elsewhere/mlx/models");
  expect(await find({ JAN_DATA_FOLDER: "relative" })).toBe("/Volumes/Big/Jan/mlx/models");
  expect(await find({ JAN_DATA_ROOT: "/srv" })).toBe("/srv/Jan/data/mlx/models");
  for (const broken of ["{", "[]", "null", '{"data_folder":7}', '{"data_folder":"./data"}']) {
    await writeFile(settings, broken);
    expect(await find(), broken).toBe(usual);
  }
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { lmStudioModels } from "./lm-studio-models.ts";

test("LM Studio's models lie where its own files say, else below the home", async () => {
  const home = await tempDir();
  expect(await lmStudioModels(home)).toBe(join(home, ".lmstudio", "models"));
  const root = join(home, "elsewhere");
  await mkdir(root);
  await writeFile(join(home, ".lmstudio-home-pointer"), `${root}\n`);
  expect(await lmStudioModels(home)).toBe(join(root, "models"));
  const settings = join(root, "settings.json");
  await writeFile(settings, JSON.stringify({ downloadsFolder: "/Volumes/Big/models" }));
  expect(await lmStudioModels(home)).toBe("/Volumes/Big/models");
  for (const broken of ["{", "[]", "null", '{"downloadsFolder":7}', '{"downloadsFolder":"x"}']) {
    await writeFile(settings, broken);
    expect(await lmStudioModels(home), broken).toBe(join(root, "models"));
  }
  await writeFile(join(home, ".lmstudio-home-pointer"), "not absolute");
  expect(await lmStudioModels(home)).toBe(join(home, ".lmstudio", "models"));
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { effectiveSetting, settingNamed } from "./effective.ts";

test("the cache folder is the one that is used, also where HF_HOME names the folder above it", () => {
  const value = (env: NodeJS.ProcessEnv): string | null =>
    effectiveSetting(settingNamed("cache-dir"), { env, values: {}, path: "config.json" }).value;
  expect(value({ HF_HOME: "/models" })).toBe(join("/models", "hub"));
  expect(value({ HF_HOME: "/models", HF_HUB_CACHE: "/other" })).toBe("/other");
});

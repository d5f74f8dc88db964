import { readdir } from "node:fs/promises";
import { describe, test } from "vitest";
import { directoryEngine } from "../src/drivers/directory-engine.ts";
import { mlxServingEngine } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { startDouble } from "./fixture.ts";

describe("the driver of mlx-serving", () => {
  testEngine(test, {
    engine: async () => mlxServingEngine(await startDouble()),
    stage: engineStage,
  });
});

describe("the driver of a plain directory", () => {
  testEngine(test, {
    engine: async () =>
      directoryEngine({
        async load(path) {
          const files = await readdir(path);
          if (!files.includes("config.json")) throw new Error(`${path} holds no model`);
          return { files };
        },
        unload: ({ files }) => void files.splice(0),
      }),
    stage: engineStage,
    generate: async ({ files }) => files.join(" "),
  });
});

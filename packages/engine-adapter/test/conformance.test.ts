import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { describe, test } from "vitest";
import { directoryEngine } from "../src/drivers/directory-engine.ts";
import { mlxServingEngine } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { servingEngines } from "./serving-engines.ts";

describe.each(servingEngines)("the driver of mlx-serving, on %s", (_name, start) => {
  testEngine(start ? test : test.skip, {
    async engine() {
      assert(start);
      return mlxServingEngine(await start());
    },
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

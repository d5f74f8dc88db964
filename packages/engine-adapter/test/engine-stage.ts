import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import type { EngineStage } from "../src/testing/index.ts";
import { startStage, TINY } from "./fixture.ts";

/** The stage of the conformance suite on a test Hub. */
export async function engineStage(): Promise<EngineStage> {
  const { hub, options } = await startStage();
  await hub.addRepo("acme/other", tinyModelFiles({ seed: 2 }));
  const folder = join(await tempDir(), "tiny");
  await writeTinyModel(folder);
  const noModel = await tempDir();
  await writeFile(join(noModel, "notes.txt"), "no model\n");
  return {
    options,
    refs: [TINY, "acme/other"],
    folder,
    noModel,
    requests: () => hub.log.entries.length,
  };
}

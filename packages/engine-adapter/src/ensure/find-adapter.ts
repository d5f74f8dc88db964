import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureModel } from "./ensure-model.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import type { EnsureOptions } from "../contract/options.ts";

/** The files of an adapter that `mlx_lm.load(adapter_path=…)` reads. */
const FILES = ["adapter_config.json", "adapters.safetensors"] as const;

/** Brings a LoRA adapter here and gives its folder. Throws `engine/invalid-input` for one that mlx-lm does not read. */
export async function findAdapter(ref: string, options: EnsureOptions): Promise<string> {
  const { path } = await ensureModel(ref, { ...options, include: FILES, preset: undefined });
  for (const name of FILES) {
    const stats = await stat(join(path, name)).catch(() => undefined);
    if (stats?.isFile()) continue;
    throw new EngineAdapterError(
      `${ref} is no adapter that mlx-lm reads: it has no ${name}`,
      "engine/invalid-input",
      {
        hint: "mlx-lm reads adapters that mlx_lm.lora made. Those of PEFT (adapter_model.safetensors) must be converted.",
        data: { adapter: ref, missing: name },
      },
    );
  }
  return path;
}

import { EMBEDDER_TENSORS } from "../mlx-programs/embedder-tensors.ts";
import type { ModelConfig } from "../model/model-config.ts";
import type { ModelDescription } from "../model/model-description.ts";
import type { ConfiguredQuantization } from "../model/quantization.ts";
import { lookAtTensors } from "./tensor-findings.ts";
import type { TensorNames } from "./tensor-names.ts";

/** The tensors compared with those of mlx-embeddings, which puts `model.` before names without it. */
export function embedderLook(
  names: TensorNames,
  config: ModelConfig,
  configured: ConfiguredQuantization | undefined,
): ModelDescription["embedderTensors"] {
  const module = config.modelType ?? "";
  const expected = Object.hasOwn(EMBEDDER_TENSORS, module) ? EMBEDDER_TENSORS[module] : undefined;
  if (expected?.kept !== true) return null;
  const rooted = expected.prefix?.startsWith("model.") === true;
  const own = (name: string): string =>
    rooted && !/^(?:model|dense|decoder|head|classifier)\b/.test(name) ? `model.${name}` : name;
  const renamed = {
    ...names,
    all: new Set([...names.all].map(own)),
    unpacked: new Set([...names.unpacked].map(own)),
    shapes: new Map([...names.shapes].map(([name, shapes]) => [own(name), shapes])),
  };
  return lookAtTensors(renamed, { module, config, configured, expected });
}

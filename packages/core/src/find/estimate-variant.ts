import { describeModel, MLX_LM_TABLE, taskWish } from "@mlx-download/fit";
import type { ListedModel } from "../contract/listed-model.ts";
import {
  judgeDescription,
  type JudgedVariant,
  type Judging,
  rememberedOf,
} from "./judge-variant.ts";
import { guessVariant } from "./likely-variants.ts";

/**
 * Judges a variant without reading its files: by its remembered description, else by its entry in a list. Undefined where
 * neither says its size. An estimate never claims that a program loads the model.
 */
export function estimateVariant(model: ListedModel, context: Judging): JudgedVariant | undefined {
  const known = rememberedOf(model, context);
  if (known !== undefined) return judgeDescription(model, known, context);
  const { machine, task, wish } = context;
  const guessed = guessVariant(model, machine);
  if (guessed === undefined) return undefined;
  const { parameters, weightsBytes, quantization } = guessed.description;
  const { verdict, totalBytes, limitBytes } = guessed.fit;
  const { mlxLmVersion, mlxVersion, python = null } = wish.support ?? MLX_LM_TABLE;
  const [program = "mlx-lm"] = taskWish(task).programs;
  const architecture = program === "mlx-lm" ? architectureOf(model, context) : undefined;
  return {
    repoId: model.repoId,
    commit: model.commit ?? null,
    by: "list",
    description: {
      ...NOTHING_READ,
      parameters,
      weightsBytes,
      residentBytes: weightsBytes,
      quantization,
    },
    fit: {
      contextLength: wish.contextLength ?? context.contextLength,
      imageTokens: 0,
      weightsBytes,
      kvBytes: null,
      kvPeakBytes: null,
      activationBytes: null,
      attentionBytes: null,
      overheadBytes: 0,
      totalBytes,
      lowTotalBytes: totalBytes,
      limitBytes,
      verdict,
      maxContextLength: null,
    },
    loads: {
      verdict: "unknown",
      program,
      programs: [],
      reasons: [
        architecture === undefined
          ? {
              code: "files-unknown",
              message: `its files were not read, so it is open whether ${program} loads it`,
              blocks: false,
            }
          : {
              code: "known-architecture",
              message: `${program} ${mlxLmVersion} has its architecture (${architecture}), its files were not read`,
              blocks: false,
            },
      ],
      by: { mlxLmVersion, mlxVersion, python },
    },
    speed: guessed.speed && {
      low: rounded(guessed.speed.low),
      high: rounded(guessed.speed.high),
      bytesPerToken: Math.round(machine.bandwidth ? machine.bandwidth.low / guessed.speed.low : 0),
      formula: "the weights at work by the name, at the bandwidth of the machine",
    },
    downloads: model.downloads,
  };
}

const rounded = (speed: number): number => Number(speed.toPrecision(2));

const NOTHING_READ = describeModel({ config: "{}" });

/** The model type that a tag names and that mlx-lm has. The Hub tags every model with the one of its config. */
function architectureOf({ tags }: ListedModel, { wish }: Judging): string | undefined {
  const { modules, remapping } = wish.support ?? MLX_LM_TABLE;
  return tags.find((tag) => modules.includes(tag) || Object.hasOwn(remapping, tag));
}

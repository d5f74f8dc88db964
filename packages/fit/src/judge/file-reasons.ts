import type { ModelDescription } from "../model/model-description.ts";
import { blocking, type LoadReason, note } from "./load-reason.ts";

/** The reasons that the files of a model give: weights, tensors, tokenizer and template. */
export function fileReasons(description: ModelDescription): readonly LoadReason[] {
  const { evidence, weightFiles, ignoredWeightFiles, strayWeightFiles } = description;
  if (!evidence["weightFiles"]) {
    return [note("files-unknown", "which files the repo has is not known")];
  }
  const { tokenizer, badTokenizer, chatTemplate, roles } = description;
  return [
    ...(weightFiles.length === 0 ? [noWeights(description)] : []),
    ...description.tensors.findings.map(({ code, message }) => blocking(code, message)),
    ...(weightFiles.length > 0 && ignoredWeightFiles.some((path) => path.endsWith(".safetensors"))
      ? [note("weights-not-seen", `mlx-lm leaves out ${ignoredWeightFiles.slice(0, 3).join(", ")}`)]
      : []),
    ...(strayWeightFiles.length > 0
      ? [
          note(
            "stray-weights",
            `mlx-lm loads ${strayWeightFiles.slice(0, 3).join(", ")} too, which the index does not name`,
          ),
        ]
      : []),
    ...missingReasons(description),
    ...(tokenizer === false ? [blocking("no-tokenizer", "it has no tokenizer")] : []),
    ...(badTokenizer === null ? [] : [blocking("no-tokenizer", badTokenizer)]),
    ...(chatTemplate === false && !roles.includes("embedding")
      ? [note("no-chat-template", "it has no chat template: a base model, to be prompted as such")]
      : []),
  ];
}

function noWeights({ ignoredWeightFiles, adapterFiles }: ModelDescription): LoadReason {
  if (adapterFiles.length > 0) {
    return blocking(
      "adapter",
      "it is an adapter alone: load the model that it was trained on, with --adapter-path",
    );
  }
  const [unseen] = ignoredWeightFiles;
  return unseen === undefined
    ? blocking("no-weights", "it has no weights (model*.safetensors at the top)")
    : blocking(
        "weights-not-seen",
        `mlx-lm loads model*.safetensors at the top, and its weights are ${unseen}`,
      );
}

/** mlx-lm never reads the index: a listed file that is absent matters only when tensors are missing. */
function missingReasons(description: ModelDescription): readonly LoadReason[] {
  const { missingFiles, missingShards, tensors } = description;
  if (tensors.complete && missingFiles.length > 0) {
    return [
      note(
        "missing-files",
        `the index names ${missingFiles.length} more files, which mlx-lm does without`,
      ),
    ];
  }
  if (tensors.complete) return [];
  if (missingShards > 0) {
    return [
      blocking(
        "missing-files",
        `${missingShards} of the files that its weights are cut into are not there`,
      ),
    ];
  }
  return missingFiles.length === 0
    ? []
    : [
        blocking(
          "missing-files",
          `${missingFiles.length} of the files that its index names are not there: ${missingFiles.slice(0, 3).join(", ")}`,
        ),
      ];
}

/** Files that are no weights keep the model from loading in any case. */
export function badWeightReasons({ badWeightFiles }: ModelDescription): readonly LoadReason[] {
  return badWeightFiles
    .slice(0, 3)
    .map(({ path, reason }) => blocking("bad-weights", `${path}: ${reason}`));
}

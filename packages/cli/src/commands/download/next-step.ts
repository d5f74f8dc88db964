import type { DownloadResult } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import { quoteWord } from "../../command-line/quote.ts";

/** Files without which mlx-lm loads nothing: the configuration and at least one shard of weights. */
function isRunnable(result: DownloadResult): boolean {
  const weights = result.files.filter(({ path }) => /^model[^/]*\.safetensors$/.test(path));
  // A file this small is a git-lfs pointer or at any rate not a model.
  const isPointer = ({ size }: DownloadResult["files"][number]): boolean => size < 250;
  return (
    result.files.some(({ path }) => path === "config.json") &&
    weights.length > 0 &&
    !weights.some(isPointer)
  );
}

/**
 * The command that runs the downloaded model: by name if mlx-lm would find exactly this snapshot by
 * name, otherwise by path. Undefined for an incomplete model.
 */
export function nextStep(result: DownloadResult, flags: Flags): string | undefined {
  const chosen = flags.include.length + flags.exclude.length > 0;
  if (chosen || !isRunnable(result)) return undefined;
  const byName =
    result.revision === "main" && flags.cacheDir === undefined && flags.localDir === undefined;
  const model = byName ? result.repoId : quoteWord(result.path);
  const trusted = flags.trustRemoteCode ? " --trust-remote-code" : "";
  return `mlx_lm.generate --model ${model}${trusted} --prompt "Hello"`;
}

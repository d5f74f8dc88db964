import type { DownloadResult } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import { quoteWord } from "../../command-line/quote.ts";

/** Files without which mlx-lm loads nothing: the configuration and at least one shard of weights. */
function isRunnable(result: DownloadResult): boolean {
  const names = result.files.map(({ path }) => path);
  return (
    names.includes("config.json") && names.some((name) => /^model[^/]*\.safetensors$/.test(name))
  );
}

/**
 * The command that runs what was downloaded; by name where mlx-lm would find exactly this snapshot by name, by path
 * otherwise, undefined where it is no whole model.
 */
export function nextStep(result: DownloadResult, flags: Flags): string | undefined {
  const chosen = flags.include.length + flags.exclude.length > 0;
  if (chosen || !isRunnable(result)) return undefined;
  const byName =
    result.revision === "main" && flags.cacheDir === undefined && flags.localDir === undefined;
  const model = byName ? result.repoId : quoteWord(result.path);
  return `mlx_lm.generate --model ${model} --prompt "Hello"`;
}

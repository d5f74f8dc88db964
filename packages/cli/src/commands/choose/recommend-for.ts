import type { RecommendOptions, Recommendations } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import type { TokenOptions } from "../account/read-token.ts";
import { openFacts } from "./facts-file.ts";
import { installedMlx } from "./installed-mlx.ts";
import { machineOf, readTokens } from "./judge-model.ts";

/** What a command looks for beside what fits. */
export interface RecommendWish extends Pick<
  RecommendOptions,
  "of" | "task" | "author" | "limit" | "tokensPerSecond"
> {
  readonly token: TokenOptions;
}

/**
 * The models or variants that fit the machine of the flags, the best first. Says on standard error
 * which ones it looks at. Throws `cli/nothing-fits` when there are none.
 */
export async function recommendFor(
  { token, ...wish }: RecommendWish,
  flags: Flags,
  shell: Shell,
): Promise<Recommendations> {
  const { recommendModels } = await import("@mlx-download/core");
  const { ctx, kvBits, prefillStep, batch } = flags;
  const installed = await installedMlx(flags, shell);
  const facts = await openFacts(shell.env);
  const found = await recommendModels({
    ...wish,
    facts,
    fit: {
      machine: await machineOf(flags, shell, installed),
      support: installed?.support,
      ...(ctx !== undefined && { contextLength: readTokens(ctx) }),
      kvBits,
      prefillStepSize: prefillStep,
      batch,
    },
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
    onCandidate(repoId) {
      if (!flags.quiet) shell.stderr.write(`Looking at ${printable(repoId)}\n`);
    },
  });
  await facts.save();
  if (found.models.length === 0) throw nothingFits(found, wish);
  return found;
}

function nothingFits(
  { machine, listed, skipped }: Recommendations,
  { of, task = "chat" }: Pick<RecommendOptions, "of" | "task">,
): CliError {
  const wanted = of ?? task;
  const others =
    of === undefined
      ? "Look at every author with --all."
      : "Use the name of the model on the Hub, such as Qwen/Qwen3-8B. mlx-download search finds names.";
  return new CliError(
    listed === 0
      ? `no MLX model for ${wanted} is listed`
      : `none of ${formatCount(listed, "model")} for ${wanted} is known to load and to fit into ${formatBytes(machine.wiredLimitBytes)}`,
    "cli/nothing-fits",
    {
      hint:
        listed === 0
          ? others
          : "Ask for a shorter context with --ctx, imagine a larger Mac with --memory, or run mlx-download info on one.",
      data: { listed, skipped },
    },
  );
}

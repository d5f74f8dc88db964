import type { RecommendOptions, Recommendations } from "@mlx-download/core";
import type { CatalogueAge } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { isOffline } from "../../shell/is-on.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import type { TokenOptions } from "../account/read-token.ts";
import { noteTo } from "../catalogue/open.ts";
import { isAway } from "../catalogue/with-catalogue.ts";
import { type CatalogueListing, catalogueListing } from "./catalogue-listing.ts";
import { openFacts } from "./facts-file.ts";
import { installedMlx } from "./installed-mlx.ts";
import { machineOf, readTokens } from "./judge-model.ts";

/** What a command looks for beside what fits. */
export interface RecommendWish extends Pick<
  RecommendOptions,
  "of" | "task" | "author" | "limit" | "tokensPerSecond"
> {
  readonly token: TokenOptions;
  /** Choose from the catalogue on this disk, without a request, where there is one. */
  readonly catalogue: boolean;
}

/** Recommendations, and the list that they were chosen from. */
export interface RecommendedFor extends Recommendations {
  /** Null: the Hub's list and the models' own files, read now. */
  readonly catalogue: CatalogueAge | null;
}

/**
 * The models or variants that fit the machine of the flags, the best first. Says on standard error
 * which ones it reads. Where no Hub answers, it chooses from the list that ships with the program.
 * Throws `cli/nothing-fits` when there are none.
 */
export async function recommendFor(
  wish: RecommendWish,
  flags: Flags,
  shell: Shell,
): Promise<RecommendedFor> {
  // Whether a model can draft for another one is known from the files alone.
  const isListed = wish.catalogue && (wish.task !== "draft" || flags.offline);
  const of = wish.task === "draft" ? undefined : wish.of;
  const author = wish.author ?? (of === undefined ? "mlx-community" : "any");
  const part = { of, author: author === "any" ? undefined : author };
  const listing = isListed ? await catalogueListing(part, flags, shell) : undefined;
  let found: RecommendedFor;
  try {
    found = await recommended(wish, listing, { flags, shell });
    // Names and counts do not always tell the size. The files do.
    const mayAsk = listing !== undefined && !flags.offline && !isOffline(shell.env);
    if (found.models.length === 0 && mayAsk) {
      found = await recommended(wish, undefined, { flags, shell });
    }
  } catch (error) {
    const seed =
      wish.catalogue && !flags.online && isAway(error)
        ? await catalogueListing({ ...part, seed: true }, flags, shell)
        : undefined;
    if (!seed) throw error;
    noteTo(
      flags,
      shell,
    )("The Hub cannot be reached: choosing from the list that ships with mlx-download.");
    found = await recommended(wish, seed, { flags, shell });
  }
  if (found.models.length === 0) throw nothingFits(found, wish);
  return found;
}

async function recommended(
  { token, ...wish }: RecommendWish,
  listing: CatalogueListing | undefined,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<RecommendedFor> {
  const { recommendModels } = await import("@mlx-download/core");
  const { ctx, kvBits, prefillStep, batch } = flags;
  const installed = await installedMlx(flags, shell);
  const facts = await openFacts(shell.env);
  const found = await recommendModels({
    ...wish,
    listed: listing?.listed,
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
  return { ...found, catalogue: listing?.age ?? null };
}

function nothingFits(
  { machine, listed, skipped, catalogue }: RecommendedFor,
  { of, task = "chat" }: Pick<RecommendOptions, "of" | "task">,
): CliError {
  const wanted = of ?? task;
  const others =
    catalogue?.source === "seed"
      ? "The list that ships with mlx-download is short. Download the full one with mlx-download catalogue sync."
      : of === undefined
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
          : catalogue !== null && task === "draft"
            ? "Run it with --online: the files tell which models can draft."
            : "Ask for a shorter context with --ctx, imagine a larger Mac with --memory, or run mlx-download info on one.",
      data: { listed, skipped },
    },
  );
}

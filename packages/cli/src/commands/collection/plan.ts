import type { DownloadOptions, DownloadPlan, SelectedRef } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { ask, isInteractive } from "../../shell/ask.ts";
import { say } from "../../shell/say.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { renderTable } from "../../text/table.ts";
import { markSeen, type OpenCollection, openCollection } from "./open.ts";

/** Whether a word names a collection. */
export const isCollection = (word: string): boolean => /^collection:/i.test(word);

/** The refs of words, those of collections in their place, each once. */
export async function expandCollections(
  words: readonly string[],
  flags: Flags,
  shell: Shell,
): Promise<readonly SelectedRef[]> {
  const { parseRepoRef } = await import("@mlx-download/core");
  const refs = new Map<string, SelectedRef>();
  for (const word of words) {
    const models = isCollection(word)
      ? await modelsOf(word, flags, shell)
      : [{ ref: word, model: { include: [], exclude: [] } }];
    if (models.length === 0)
      throw new CliError(`${word} has no models`, "cli/nothing-fits", {
        hint: "mlx-download collection show lists its items.",
      });
    for (const { ref, model } of models) {
      const { include, exclude } = model;
      const parsed = parseRepoRef(ref, { env: shell.env, endpoint: flags.endpoint });
      const selected = {
        ...parsed,
        ...(include.length > 0 && { include }),
        ...(exclude.length > 0 && { exclude }),
      };
      refs.set(JSON.stringify([ref, include, exclude]), selected);
    }
  }
  return [...refs.values()];
}

async function modelsOf(
  word: string,
  flags: Flags,
  shell: Shell,
): Promise<OpenCollection["models"]> {
  const collection = await openCollection(word, flags, shell);
  await markSeen(collection, shell);
  return collection.models;
}

/** A ref as people write it. */
export const nameOf = ({ repoId, revision }: SelectedRef): string =>
  revision === undefined ? repoId : `${repoId}@${revision}`;

interface Planned {
  readonly ref: SelectedRef;
  readonly plan: DownloadPlan | undefined;
  readonly problem: string | undefined;
}

const CONCURRENCY = 4;

async function planAll(
  refs: readonly SelectedRef[],
  options: DownloadOptions,
): Promise<readonly Planned[]> {
  const [{ planModel }, { forEachInLanes }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/cache/writing"),
  ]);
  const planned: Planned[] = [];
  const plan = async (ref: SelectedRef, signal: AbortSignal, index: number): Promise<void> => {
    try {
      const { include = options.include, exclude = options.exclude } = ref;
      const found = await planModel(ref, { ...options, review: false, include, exclude });
      planned[index] = { ref, plan: found, problem: undefined };
    } catch (error) {
      signal.throwIfAborted();
      const code = (error as { readonly code?: unknown }).code;
      planned[index] = { ref, plan: undefined, problem: String(code ?? error) };
    }
  };
  await forEachInLanes(refs, plan, { atOnce: CONCURRENCY, signal: options.signal });
  return planned;
}

/**
 * Shows the plan for the download of a collection, and asks on a terminal, unless `--yes`. False when the user does not want
 * it.
 */
export async function agreeToPlan(
  refs: readonly SelectedRef[],
  options: DownloadOptions,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<boolean> {
  if (flags.quiet || flags.json || flags.events) return true;
  const { stderr, stderrStyle } = shell;
  const planned = await planAll(refs, options);
  const columns = stderr.isTTY ? stderr.columns : undefined;
  const table = renderTable(
    [
      { title: "MODEL" },
      { title: "SIZE", align: "right" },
      { title: "HERE", align: "right", lesser: true },
      { title: "TO FETCH", align: "right" },
    ],
    planned.map(({ ref, plan, problem }) => [
      printable(nameOf(ref)),
      plan ? formatBytes(plan.bytes.total) : "",
      plan ? formatBytes(plan.bytes.cached + plan.bytes.resumable) : "",
      plan ? formatBytes(plan.bytes.toFetch) : printable(problem ?? ""),
    ]),
    { ...stderrStyle, columns },
  );
  const plans = planned.flatMap(({ plan }) => plan ?? []);
  const toFetch = plans.reduce((sum, { bytes }) => sum + bytes.toFetch, 0);
  const free = plans[0]?.bytes.diskFree ?? null;
  const room = free === null ? "" : `, ${formatBytes(free)} free on the disk`;
  const what = `${formatCount(refs.length, "model")}, ${formatBytes(toFetch)} to fetch${room}`;
  stderr.write(`${table.join("\n")}\n`);
  say(`${what}.`, shell);
  if (free !== null && toFetch > free) {
    say(`The disk lacks ${formatBytes(toFetch - free)}.`, shell);
  }
  if (flags.yes || toFetch === 0 || !isInteractive(shell)) return true;
  const answer = await ask(`Download ${formatCount(refs.length, "model")}? [Y/n] `, shell);
  return /^(?:y(?:es)?)?$/i.test(answer.trim());
}

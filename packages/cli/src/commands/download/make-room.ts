import type {
  EvictableRevision,
  EvictionPlan,
  KeepReason,
  RemovalResult,
} from "@mlx-download/cache";
import type { DownloadPlan } from "@mlx-download/core";
import { parseBytes } from "@mlx-download/cache/amounts";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { confirm } from "../../shell/ask.ts";
import { writeEvent } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import { keptLines, removalTable } from "../cache/removal-text.ts";
import { hubCacheOf } from "../cache/target.ts";
import { noteTo } from "../catalogue/open.ts";
import { staysLocked } from "../versions/locked-commits.ts";

/** The revisions that go, or went, so that a download stays below the limit of the cache. */
export interface Evicted {
  readonly repoId: string;
  readonly commits: readonly string[];
  readonly freedBytes: number;
}

interface Context {
  readonly flags: Flags;
  readonly shell: Shell;
}

/** What came in the last day may be what somebody is about to use. */
const YOUNG_MS = 86_400_000;

/** The limit that the settings give the cache, in bytes. Undefined where there is none. */
export function cacheLimit(
  { localDir }: Pick<Flags, "localDir">,
  env: NodeJS.ProcessEnv,
): number | undefined {
  const text = env["MLX_DOWNLOAD_CACHE_LIMIT"]?.trim();
  if (!text || localDir !== undefined) return undefined;
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new CliError(`MLX_DOWNLOAD_CACHE_LIMIT=${text} is no size`, "cli/config-invalid", {
    hint: "Write a size such as 200GB, or remove it: mlx-download config unset cache-limit",
    data: { variable: "MLX_DOWNLOAD_CACHE_LIMIT" },
  });
}

/**
 * The longest unused revisions whose removal makes room for these downloads below the limit. Undefined when there is
 * room. Pinned, locked and used ones stay, and those younger than a day. Throws `cli/cache-limit` when the rest is not
 * enough.
 */
export async function planRoom(
  plans: readonly DownloadPlan[],
  limit: number,
  { flags, shell }: Context,
): Promise<EvictionPlan | undefined> {
  const arriving = plans.reduce((sum, { bytes }) => sum + bytes.total - bytes.cached, 0);
  if (arriving === 0) return undefined;
  const { planEviction } = await import("@mlx-download/cache");
  const isLocked = await staysLocked(shell);
  const wanted = new Set(plans.map(({ repoId }) => repoId.toLowerCase()));
  const now = Date.now();
  const stays = (revision: EvictableRevision): KeepReason | undefined => {
    const { repoId, modifiedAt } = revision;
    const locked = isLocked(revision);
    if (locked !== undefined) return locked;
    if (wanted.has(repoId.toLowerCase())) return "downloading";
    return now - modifiedAt < YOUNG_MS ? "young" : undefined;
  };
  const plan = await planEviction(await hubCacheOf(flags, shell), {
    maxBytes: Math.max(0, limit - arriving),
    stays,
  });
  if (plan.sizeOnDisk + arriving <= limit) return undefined;
  if (plan.excessBytes > 0) throw tooLarge(plan, { limit, arriving });
  return plan;
}

/**
 * Makes room for these downloads: shows what goes and asks, or takes `--yes` for an answer. Returns what went. Throws
 * `cli/cache-limit`, and `cli/confirmation-needed` where there is no terminal to ask on.
 */
export async function makeRoom(
  plans: readonly DownloadPlan[],
  limit: number,
  context: Context,
): Promise<readonly Evicted[]> {
  const plan = await planRoom(plans, limit, context);
  if (plan === undefined) return [];
  const { flags, shell } = context;
  showRoom(plan, limit, context);
  const question = `Remove this (${formatBytes(plan.freedBytes)}) to make room?`;
  if (!flags.yes && !(await confirm(question, shell))) throw declined(limit);
  const { applyRemoval } = await import("@mlx-download/cache");
  const done = await applyRemoval(plan, {
    signal: shell.interrupt.signal,
    onEvent(event) {
      if (flags.events) writeEvent({ ...event, at: Date.now() }, shell.stdout);
    },
  });
  const left = plan.sizeOnDisk - done.freedBytes - plan.maxBytes;
  if (left > 0)
    throw tooLarge(
      { ...plan, ...done, excessBytes: left },
      { limit, arriving: limit - plan.maxBytes },
    );
  noteTo(flags, shell)(`${formatBytes(done.freedBytes)} freed.`);
  return evictedOf(done.removed);
}

/** Says what goes, and why. */
export function showRoom(plan: EvictionPlan, limit: number, { flags, shell }: Context): void {
  if (flags.quiet) return;
  const over = plan.sizeOnDisk - plan.maxBytes;
  const lines = [
    `The cache may take ${formatBytes(limit)}, and this download would exceed it by ${formatBytes(over)}. The longest unused goes:`,
    ...removalTable(plan, shell),
    ...keptLines(plan.kept.filter(({ reason }) => reason === "loaded")),
  ];
  shell.stderr.write(`${lines.join("\n")}\n`);
}

/** The plan's removals as machines read them. */
export const plannedOf = (plan: EvictionPlan | undefined): readonly Evicted[] =>
  (plan?.repos ?? []).map(({ repoId, revisions, freedBytes }) => ({
    repoId,
    commits: revisions.map(({ commit }) => commit),
    freedBytes,
  }));

const evictedOf = (removed: RemovalResult["removed"]): readonly Evicted[] =>
  removed.map(({ repoId, commits, freedBytes }) => ({ repoId, commits, freedBytes }));

function tooLarge(
  { sizeOnDisk, excessBytes, kept }: Pick<EvictionPlan, "sizeOnDisk" | "excessBytes" | "kept">,
  { limit, arriving }: { readonly limit: number; readonly arriving: number },
): CliError {
  return new CliError(
    `The cache may take ${formatBytes(limit)}. With this download (${formatBytes(arriving)}) it would take ${formatBytes(limit + excessBytes)}, and everything else in it is pinned, locked, in use or younger than a day`,
    "cli/cache-limit",
    {
      hint: `Allow more: mlx-download config set cache-limit ${Math.ceil((limit + excessBytes) / 1e9)}GB. Or unpin or remove models: mlx-download cache ls --sort size`,
      data: { limitBytes: limit, sizeOnDisk, arrivingBytes: arriving, excessBytes, kept },
    },
  );
}

function declined(limit: number): CliError {
  return new CliError(
    `Nothing was removed, so the download does not fit below ${formatBytes(limit)}`,
    "cli/cache-limit",
    {
      hint: "Run it again to be asked again, or raise the limit: mlx-download config set cache-limit SIZE",
    },
  );
}

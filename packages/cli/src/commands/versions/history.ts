import type { RepoHistory } from "@mlx-download/core";
import type { ModelRecord } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import { isOffline } from "../../shell/is-on.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { readToken } from "../account/read-token.ts";
import { hubCacheOf, readTarget } from "../cache/target.ts";
import { noteTo, patience, withUserRegistry } from "../catalogue/open.ts";
import { type VersionHere, versionsHere } from "./versions-here.ts";

const defaultLimit = 20;

/** One line of a history. */
interface Line {
  readonly commit: string;
  /** ISO 8601. Null for a commit that only the cache knows. */
  readonly date: string | null;
  readonly title: string | null;
  readonly here: boolean;
  /** The Hub's names for it, or those of the cache where the Hub was not asked. */
  readonly refs: readonly string[];
  /** The names in the cache that point at it. */
  readonly refsHere: readonly string[];
  /** ISO 8601: when it came to this machine. */
  readonly arrivedAt: string | null;
  /** The hosts that it was fetched from, where the record knows. */
  readonly fetchedFrom: string | null;
}

/**
 * `mlx-download history`: the versions of a model, those on the Hub and those here. Offline, and
 * when the Hub is away, those here alone. Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const { repoId, revision = "main" } = await readTarget(word, flags, shell);
  const cacheDir = await hubCacheOf(flags, shell);
  const here = await versionsHere(repoId, cacheDir);
  const record = await recordOf(repoId, flags, shell);
  const history = await askHub({ repoId, revision }, here.length > 0, { flags, shell });
  const known = new Set(history?.commits.map(({ commit }) => commit));
  const commits = [
    ...(history?.commits ?? []).map(({ commit, date, title }) =>
      line({ commit, date, title }, { history, here, record }),
    ),
    // Commits that the branch left behind: it was overwritten, or they are older than the list.
    ...here
      .filter(({ commit }) => !known.has(commit))
      .map(({ commit }) => line({ commit, date: null, title: null }, { history, here, record })),
  ];
  if (commits.length === 0) {
    const { notInCache, repoLayout } = await import("@mlx-download/cache");
    throw notInCache(repoLayout(cacheDir, repoId, "model"));
  }
  const more = history?.more ?? false;
  await writeResult(
    { repoId, revision, source: history ? "hub" : "cache", commits, more },
    flags.quiet ? commits.map(({ commit }) => `${commit}\n`).join("") : table(commits, shell),
    { flags, shell },
  );
  if (flags.json || flags.events) return 0;
  const note = noteTo(flags, shell);
  if (history === undefined) note("The Hub was not asked: these are the versions on this disk.");
  else if (more) note(`The newest ${commits.length}; --limit N shows more.`);
  return 0;
}

/** What the registry recorded of a model. Undefined when it cannot be read. */
async function recordOf(
  repoId: string,
  flags: Flags,
  shell: Shell,
): Promise<ModelRecord | undefined> {
  const { readRecord } = await import("@mlx-download/registry");
  return withUserRegistry(flags, shell, (registry) => readRecord(registry, repoId), patience).catch(
    () => undefined,
  );
}

/** The Hub's history. Undefined when it is not to be asked, or is away while the cache can answer. */
async function askHub(
  ref: { readonly repoId: string; readonly revision: string },
  isHere: boolean,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<RepoHistory | undefined> {
  if (flags.offline || isOffline(shell.env)) return undefined;
  const { listHistory } = await import("@mlx-download/core");
  try {
    return await listHistory(ref, {
      limit: flags.limit ?? defaultLimit,
      endpoint: flags.endpoint,
      ...(await readToken(flags, shell)),
      env: shell.env,
      signal: shell.interrupt.signal,
      onEvent: hubNotices(flags, shell),
    });
  } catch (error) {
    if (!isHere || !isAway(error)) throw error;
    noteTo(flags, shell)(`${error.message}.`);
    return undefined;
  }
}

function isAway(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    ["hub/unreachable", "hub/unavailable", "hub/rate-limited"].includes(String(error.code))
  );
}

function line(
  { commit, date, title }: Pick<Line, "commit" | "date" | "title">,
  about: {
    readonly history: RepoHistory | undefined;
    readonly here: readonly VersionHere[];
    readonly record: ModelRecord | undefined;
  },
): Line {
  const version = about.here.find((one) => one.commit === commit);
  const named = Object.entries(about.history?.refs ?? {})
    .filter(([, target]) => target === commit)
    .map(([name]) => name);
  const refsHere = version?.refs ?? [];
  const download = about.record?.downloads.findLast((one) => one.commit === commit);
  const arrivedAt = version && (download?.at ?? version.arrivedAt);
  return {
    commit,
    date,
    title,
    here: version?.complete ?? false,
    refs: about.history ? named.toSorted() : refsHere,
    refsHere,
    arrivedAt: arrivedAt === undefined ? null : new Date(arrivedAt).toISOString(),
    fetchedFrom: download?.source ?? null,
  };
}

function table(commits: readonly Line[], { stdoutStyle }: Shell): string {
  return tableText(
    [
      { title: "COMMIT" },
      { title: "DATE" },
      { title: "HERE" },
      { title: "REFS", lesser: true },
      { title: "TITLE" },
    ],
    commits.map(({ commit, date, title, here, refs, refsHere, arrivedAt }) => [
      shortCommit(commit),
      date?.slice(0, 10) ?? "",
      refsHere.length > 0 ? refsHere.join(" ") : here ? "here" : arrivedAt === null ? "" : "part",
      printable(refs.join(" ")),
      printable(title ?? (arrivedAt === null ? "" : `came ${arrivedAt.slice(0, 10)}`)),
    ]),
    stdoutStyle,
  );
}

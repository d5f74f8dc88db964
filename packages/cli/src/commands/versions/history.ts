import type { RepoVersion } from "@mlx-download/core";
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
  const { listVersions } = await import("@mlx-download/core");
  const [{ versions, more, withoutHub }, record] = await Promise.all([
    listVersions(
      { repoId, revision },
      {
        limit: flags.limit ?? defaultLimit,
        cacheDir,
        endpoint: flags.endpoint,
        offline: flags.offline || isOffline(shell.env),
        ...(await readToken(flags, shell)),
        env: shell.env,
        signal: shell.interrupt.signal,
        onEvent: hubNotices(flags, shell),
      },
    ),
    recordOf(repoId, flags, shell),
  ]);
  const commits = versions.map((version) => line(version, withoutHub === undefined, record));
  await writeResult(
    { repoId, revision, source: withoutHub ? "cache" : "hub", commits, more },
    flags.quiet ? commits.map(({ commit }) => `${commit}\n`).join("") : table(commits, shell),
    { flags, shell },
  );
  if (flags.json || flags.events) return 0;
  const note = noteTo(flags, shell);
  if (withoutHub) {
    if (withoutHub.code !== "offline/not-cached") note(`${withoutHub.message}.`);
    note("The Hub was not asked: these are the versions on this disk.");
  } else if (more) note(`The newest ${commits.length}; --limit N shows more.`);
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

function line(
  { commit, date, title, here, refs, refsHere, arrivedAt }: RepoVersion,
  isOfHub: boolean,
  record: ModelRecord | undefined,
): Line {
  const download = record?.downloads.findLast((one) => one.commit === commit);
  const arrived = arrivedAt === null ? null : (download?.at ?? arrivedAt);
  return {
    commit,
    date,
    title,
    here: here === "complete",
    refs: isOfHub ? refs : refsHere,
    refsHere,
    arrivedAt: arrived === null ? null : new Date(arrived).toISOString(),
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
      { title: "TITLE", wraps: true },
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

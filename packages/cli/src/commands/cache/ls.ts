import type { CachedRepo, CacheScan, Finding, Pin } from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { textOf, writeJson } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { besideText, isWrong, PRUNE } from "../beside-text.ts";
import { hubCacheOf, isMlxModel } from "./target.ts";

/** The repos of which some revision passes every `--where`. */
async function chosen(scan: CacheScan, flags: Flags): Promise<readonly CachedRepo[]> {
  if (flags.where.length === 0) return scan.repos;
  const { parseCacheFilter } = await import("@mlx-download/cache");
  const filters = flags.where.map((text) => parseCacheFilter(text));
  const now = Date.now();
  const passing: CachedRepo[] = [];
  for (const repo of scan.repos) {
    for (const revision of repo.revisions) {
      const subject = {
        repoId: repo.repoId,
        repoType: repo.repoType,
        size: revision.sizeOnDisk,
        usedAt: repo.lastUsedAt ?? revision.lastModifiedAt,
        modifiedAt: revision.lastModifiedAt,
        refs: Object.keys(repo.refs).filter((name) => repo.refs[name] === revision.commit),
        isMlx: () => isMlxModel(revision),
      };
      const passes = await Promise.all(filters.map((filter) => filter.matches(subject, now)));
      if (!passes.every(Boolean)) continue;
      passing.push(repo);
      break;
    }
  }
  return passing;
}

/** By name as scanned, or the largest or last used first. */
function sorted(repos: readonly CachedRepo[], { sort }: Flags): readonly CachedRepo[] {
  switch (sort) {
    case "size":
      return repos.toSorted((one, other) => other.sizeOnDisk - one.sizeOnDisk);
    case "used":
      return repos.toSorted((one, other) => (other.lastUsedAt ?? 0) - (one.lastUsedAt ?? 0));
    default:
      return repos;
  }
}

const day = (ms: number | null): string =>
  ms === null ? "" : new Date(ms).toISOString().slice(0, 10);

/** A repo as listed, with its pins. */
type Listed = CachedRepo & { readonly pins: readonly Omit<Pin, "repoId" | "repoType">[] };

async function withPins(
  repos: readonly CachedRepo[],
  cacheDir: string,
): Promise<readonly Listed[]> {
  const { listPins } = await import("@mlx-download/cache");
  const all = await listPins(cacheDir);
  return repos.map((repo) => {
    const own = all.filter((pin) => pin.repoId === repo.repoId && pin.repoType === repo.repoType);
    const pins = own.map(({ revision, commit, pinnedAt }) => ({ revision, commit, pinnedAt }));
    return { ...repo, pins };
  });
}

function stateOf({ revisions, findings, pins }: Listed): string {
  const wrong = findings.filter(isWrong).length;
  const parts = [
    pins.length > 0 ? "pinned" : "",
    wrong > 0 ? formatCount(wrong, "finding") : "",
    wrong === 0 && revisions.some(({ complete }) => complete === false) ? "incomplete" : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ code, path, message }) => `  ${code}  ${printable(path)}\n    ${printable(message)}`,
  );
}

const nameOf = ({ repoId, repoType }: CachedRepo): string =>
  printable(repoType === "model" ? repoId : `${repoType} ${repoId}`);

function repoTable(repos: readonly Listed[], { stdoutStyle }: Shell): string {
  return tableText(
    [
      { title: "REPO" },
      { title: "SIZE", align: "right" },
      { title: "FILES", align: "right", lesser: true },
      { title: "REVISIONS", align: "right", lesser: true },
      { title: "REFS", lesser: true },
      { title: "USED", lesser: true },
      { title: "STATE" },
    ],
    repos.map((repo) => [
      nameOf(repo),
      formatBytes(repo.sizeOnDisk),
      String(repo.files),
      String(repo.revisions.length),
      printable(Object.keys(repo.refs).join(" ")),
      day(repo.lastUsedAt),
      stateOf(repo),
    ]),
    stdoutStyle,
  );
}

function revisionTable(repos: readonly Listed[], { stdoutStyle }: Shell): string {
  const rows = repos.flatMap((repo) =>
    repo.revisions.map(({ commit, sizeOnDisk, files, lastModifiedAt, complete }) => [
      nameOf(repo),
      shortCommit(commit),
      formatBytes(sizeOnDisk),
      String(files),
      printable(
        Object.keys(repo.refs)
          .filter((name) => repo.refs[name] === commit)
          .join(" "),
      ),
      day(lastModifiedAt),
      complete === false ? "incomplete" : "",
    ]),
  );
  return tableText(
    [
      { title: "REPO" },
      { title: "COMMIT" },
      { title: "SIZE", align: "right" },
      { title: "FILES", align: "right", lesser: true },
      { title: "REFS", lesser: true },
      { title: "MODIFIED", lesser: true },
      { title: "STATE" },
    ],
    rows,
    stdoutStyle,
  );
}

/** `3 repos, 12.0 GB`, or the share of these repos in the cache: `1 of 3 repos, 4.00 GB of 12.0 GB`. */
function sumText(shown: readonly CachedRepo[], { repos, sizeOnDisk }: CacheScan): string {
  const all = `${formatCount(repos.length, "repo")}, ${formatBytes(sizeOnDisk)}`;
  if (shown.length === repos.length) return all;
  const bytes = shown.reduce((sum, repo) => sum + repo.sizeOnDisk, 0);
  return `${shown.length} of ${formatCount(repos.length, "repo")}, ${formatBytes(bytes)} of ${formatBytes(sizeOnDisk)}`;
}

/** `mlx-download cache ls`. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { scanCache } = await import("@mlx-download/cache");
  const scan = await scanCache(await hubCacheOf(flags, shell), { signal: shell.interrupt.signal });
  const shown = sorted(await chosen(scan, flags), flags).slice(0, flags.limit);
  const repos = await withPins(shown, scan.cacheDir);
  const { cacheDir, sizeOnDisk, unusedOnDisk, findings } = scan;
  if (flags.json) {
    await writeJson({ schema: 1, cacheDir, sizeOnDisk, unusedOnDisk, repos, findings }, shell);
    return 0;
  }
  if (flags.quiet) {
    const ids = flags.revisions
      ? repos.flatMap(({ repoId, revisions }) =>
          revisions.map(({ commit }) => `${repoId}@${commit}`),
        )
      : repos.map(({ repoId }) => repoId);
    await shell.stdout.write(textOf(ids.map((id) => printable(id))));
    return 0;
  }
  if (repos.length > 0) {
    await shell.stdout.write(
      flags.revisions ? revisionTable(repos, shell) : repoTable(repos, shell),
    );
  }
  // Prune looks at the whole cache, whichever repos are shown.
  const beside = besideText(scan.repos);
  const unused = beside === undefined ? "" : `; ${beside} (${PRUNE})`;
  const wrong = [...findings, ...repos.flatMap((repo) => repo.findings)].filter(isWrong);
  const lines = [
    `${sumText(repos, scan)} in ${cacheDir}${unused}`,
    ...findings.filter(({ code }) => code === "no-cache").map(({ message }) => message),
    ...findingLines(wrong),
  ];
  shell.stderr.write(`${lines.join("\n")}\n`);
  return 0;
}

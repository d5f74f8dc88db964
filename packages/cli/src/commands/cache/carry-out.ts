import { basename, dirname } from "node:path";
import type { KeepReason, KeptRevision, RemovalPlan, RemovalResult } from "@mlx-download/cache";
import type { Flags } from "../../command-line/flags.ts";
import { confirm } from "../../shell/ask.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { quarantineText } from "../beside-text.ts";
import { renderTable } from "../../text/table.ts";

const reasons: Readonly<Record<KeepReason, string>> = {
  pinned: "pinned",
  newest: "among the newest",
  downloading: "being downloaded",
  loaded: "loaded by a program",
  elsewhere: "on another disk",
  linked: "its bytes have another name (a view), so nothing would be freed",
  used: "used since",
};

/** The JSON of a removal, the same for a plan and for its result. */
function removalJson(
  plan: RemovalPlan,
  done: Pick<RemovalResult, "removed" | "kept" | "freedBytes"> | undefined,
): Record<string, unknown> {
  const repos = plan.repos.map((repo) => ({
    repoId: repo.repoId,
    repoType: repo.repoType,
    whole: repo.whole,
    elsewhere: repo.elsewhere,
    commits: repo.revisions.map(({ commit }) => commit),
    files: repo.files,
    leftovers: repo.leftovers.length,
    freedBytes: repo.freedBytes,
    heldBytes: repo.heldBytes,
    views: repo.views,
  }));
  return {
    cacheDir: plan.cacheDir,
    dryRun: done === undefined,
    freedBytes: (done ?? plan).freedBytes,
    ...(done === undefined ? { planned: repos } : { removed: done.removed }),
    kept: (done ?? plan).kept,
  };
}

/** `25.0 MB in quarantine`, `2 leftovers`. */
function leftoverParts(leftovers: RemovalPlan["repos"][number]["leftovers"]): string[] {
  const aside = leftovers.filter(({ path }) => basename(dirname(path)) === ".quarantine");
  const bytes = aside.reduce((sum, { size }) => sum + size, 0);
  const others = leftovers.length - aside.length;
  return [
    aside.length > 0 ? quarantineText(bytes) : "",
    others > 0 ? formatCount(others, "leftover") : "",
  ];
}

function planRows(plan: RemovalPlan): string[][] {
  return plan.repos.map((repo) => {
    const parts = [
      repo.whole && repo.elsewhere !== null
        ? "the link"
        : repo.whole
          ? "everything"
          : repo.revisions.map(({ commit }) => shortCommit(commit)).join(" "),
      repo.files.length > 0 ? formatCount(repo.files.length, "file") : "",
      ...(repo.whole ? [] : leftoverParts(repo.leftovers)),
    ];
    return [
      printable(repo.repoType === "model" ? repo.repoId : `${repo.repoType} ${repo.repoId}`),
      parts.filter(Boolean).join(", "),
      formatBytes(repo.freedBytes),
    ];
  });
}

function keptLines(kept: readonly KeptRevision[]): string[] {
  return kept
    .filter(({ reason }) => reason !== "newest")
    .map(({ repoId, commit, reason }) => {
      const what = commit === null ? "" : ` ${shortCommit(commit)}`;
      return `  ${printable(repoId)}${what} stays: ${reasons[reason]}.`;
    });
}

function viewLines(plan: RemovalPlan): string[] {
  return plan.repos.flatMap(({ repoId, views, heldBytes, whole, elsewhere }) => [
    ...(whole && elsewhere !== null
      ? [`  The files of ${printable(repoId)} stay at ${printable(elsewhere)}.`]
      : []),
    ...views.map(({ path, method }) => {
      const bytes = method === "hard-link" ? "the same bytes, which stay" : "bytes of its own";
      return `  ${printable(repoId)} is also at ${printable(path)}: ${bytes}.`;
    }),
    ...(views.length === 0 && heldBytes > 0
      ? [`  ${formatBytes(heldBytes)} of ${printable(repoId)} have another name and stay.`]
      : []),
  ]);
}

/**
 * Shows a plan, asks for confirmation unless `--yes` was given, carries it out and reports. Further
 * facts of the plan go into the JSON. Throws `cli/confirmation-needed` without an interactive
 * terminal.
 */
export async function carryOut(
  plan: RemovalPlan,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
  further: Readonly<Record<string, unknown>> = {},
): Promise<RemovalResult | undefined> {
  const say = (lines: readonly string[]): void => {
    if (!flags.quiet && lines.length > 0) shell.stderr.write(`${lines.join("\n")}\n`);
  };
  const write = async (done: RemovalResult | undefined): Promise<void> => {
    await writeResult({ ...removalJson(plan, done), ...further }, "", { flags, shell });
  };
  const idle = plan.repos.length === 0 && plan.payloads.length === 0;
  if (plan.repos.length > 0)
    say(
      renderTable(
        [{ title: "REPO" }, { title: "GOES" }, { title: "FREES", align: "right" }],
        planRows(plan),
        { ...shell.stderrStyle, columns: shell.stderr.isTTY ? shell.stderr.columns : undefined },
      ),
    );
  const shared = plan.payloads.reduce((sum, { size }) => sum + size, 0);
  if (shared > 0) say([`  ${formatBytes(shared)} of the shared store that no other repo needs`]);
  say([...keptLines(plan.kept), ...viewLines(plan)]);
  if (idle) {
    say(["Nothing to remove."]);
    const nothing: RemovalResult = { removed: [], kept: plan.kept, freedBytes: 0 };
    await write(flags.dryRun ? undefined : nothing);
    return flags.dryRun ? undefined : nothing;
  }
  if (flags.dryRun) {
    say([`Would free ${formatBytes(plan.freedBytes)} in ${plan.cacheDir}; nothing was removed.`]);
    await write(undefined);
    return undefined;
  }
  const question = `Remove this (${formatBytes(plan.freedBytes)}) from ${plan.cacheDir}?`;
  if (!flags.yes && !(await confirm(question, shell))) {
    say(["Nothing was removed."]);
    await write({ removed: [], kept: plan.kept, freedBytes: 0 });
    return undefined;
  }
  const { applyRemoval } = await import("@mlx-download/cache");
  const done = await applyRemoval(plan, { signal: shell.interrupt.signal });
  say([
    ...keptLines(done.kept.slice(plan.kept.length)),
    `Removed from ${formatCount(done.removed.length, "repo")}, ${formatBytes(done.freedBytes)} freed.`,
  ]);
  await write(done);
  return done;
}

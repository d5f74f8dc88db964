import { basename, dirname } from "node:path";
import type { KeepReason, KeptRevision, RemovalPlan } from "@mlx-download/cache";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { renderTable } from "../../text/table.ts";
import { quarantineText } from "../beside-text.ts";

const reasons: Readonly<Record<KeepReason, string>> = {
  pinned: "pinned",
  locked: "in the lock of a project",
  young: "younger than a day",
  newest: "among the newest",
  downloading: "being downloaded",
  loaded: "loaded by a program",
  elsewhere: "on another disk",
  linked: "its bytes have another name (a view), so nothing would be freed",
  used: "used since",
};

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

/** The revisions that stay, each with the reason. */
export function keptLines(kept: readonly KeptRevision[]): string[] {
  return kept
    .filter(({ reason }) => reason !== "newest")
    .map(({ repoId, commit, reason }) => {
      const what = commit === null ? "" : ` ${shortCommit(commit)}`;
      return `  ${printable(repoId)}${what} stays: ${reasons[reason]}.`;
    });
}

/** What else has the bytes that go. */
export function viewLines(plan: RemovalPlan): string[] {
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

/** What goes, as a table with a line for each repo. Empty when nothing goes. */
export function removalTable(
  plan: RemovalPlan,
  { stderr, stderrStyle }: Pick<Shell, "stderr" | "stderrStyle">,
): readonly string[] {
  if (plan.repos.length === 0) return [];
  return renderTable(
    [{ title: "REPO" }, { title: "GOES" }, { title: "FREES", align: "right" }],
    planRows(plan),
    { ...stderrStyle, columns: stderr.isTTY ? stderr.columns : undefined },
  );
}

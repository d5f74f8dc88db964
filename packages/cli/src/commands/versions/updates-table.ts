import { formatBytes, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { type TableStyle, tableText } from "../../text/table.ts";
import type { OutdatedBranch } from "./find-updates.ts";

/** A branch as people write it: without its name where that is `main`. */
export function branchName({
  repoId,
  revision,
}: {
  readonly repoId: string;
  readonly revision: string;
}): string {
  return revision === "main" ? repoId : `${repoId}@${revision}`;
}

/** Updates as a table: from where to where, what changed, the bytes to fetch. Empty without any. */
export function updatesTable(updates: readonly OutdatedBranch[], style: TableStyle): string {
  if (updates.length === 0) return "";
  return tableText(
    [
      { title: "MODEL" },
      { title: "HERE", lesser: true },
      { title: "UPSTREAM", lesser: true },
      { title: "CHANGED", lesser: true },
      { title: "KIND" },
      { title: "TO FETCH", align: "right" },
      { title: "KEPT" },
    ],
    updates.map(({ update, changedAt, changes, locked, pinned }) => [
      printable(branchName(update)),
      shortCommit(update.from),
      shortCommit(update.to),
      changedAt?.slice(0, 10) ?? "",
      changes === null ? "not known" : changes.join(", "),
      formatBytes(update.plan.bytes.expectedWire),
      locked ? "locked" : pinned ? "pinned" : update.turnedAway ? "rolled back" : "",
    ]),
    style,
  );
}

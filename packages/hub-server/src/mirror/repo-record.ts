import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCommit, type RepoLayout } from "@mlx-download/cache";

/** What a mirror remembers of a repo for the time when the Hub is away. Times are ms since 1970. */
export interface RepoRecord {
  /** When the Hub last gave the repo's files to everyone. Absent: never, or not any more. */
  readonly publicAt?: number | undefined;
  /** What the Hub last said of a revision, for everyone. */
  readonly refs: Readonly<Record<string, { readonly commit: string; readonly at: number }>>;
  /** Digests of files of which wrong bytes were sent before they were verified. */
  readonly spoiled?: readonly string[] | undefined;
}

const NOTHING: RepoRecord = { refs: {} };
const MAX_BYTES = 1_000_000;

/** The record of a repo. Empty where there is none that can be read. */
export async function readRepoRecord(layout: RepoLayout): Promise<RepoRecord> {
  try {
    const path = pathOf(layout);
    if ((await stat(path)).size > MAX_BYTES) return NOTHING;
    const { publicAt, refs, spoiled } = JSON.parse(await readFile(path, "utf8")) as Record<
      string,
      unknown
    >;
    const entries = Object.entries((refs ?? {}) as Record<string, unknown>).filter(isRef);
    return {
      ...(typeof publicAt === "number" && { publicAt }),
      refs: Object.fromEntries(entries),
      ...(Array.isArray(spoiled) && { spoiled: spoiled.filter((one) => typeof one === "string") }),
    };
  } catch {
    return NOTHING;
  }
}

/**
 * Changes the record of a repo that has files in the cache: a repo of which only questions were answered leaves no folder
 * there. Never throws for errors of the disk, since the record only serves when the Hub is away.
 */
export async function changeRepoRecord(
  layout: RepoLayout,
  change: (record: RepoRecord) => RepoRecord,
): Promise<void> {
  const temp = `${pathOf(layout)}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await stat(layout.snapshotsDir);
    const record = change(await readRepoRecord(layout));
    await mkdir(layout.recordsDir, { recursive: true });
    await writeFile(temp, `${JSON.stringify({ schema: 1, ...record })}\n`, { flag: "wx" });
    await rename(temp, pathOf(layout));
  } catch {
    await rm(temp, { force: true }).catch(() => undefined);
  }
}

function pathOf({ recordsDir }: RepoLayout): string {
  return join(recordsDir, "mirror.json");
}

function isRef(
  entry: [string, unknown],
): entry is [string, { readonly commit: string; readonly at: number }] {
  const { commit, at } = (entry[1] ?? {}) as Record<string, unknown>;
  return typeof commit === "string" && isCommit(commit) && typeof at === "number";
}

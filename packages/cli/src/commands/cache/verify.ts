import type {
  BadFile,
  DamagedView,
  MissingFile,
  VerifyEvent,
  VerifyReport,
} from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { quoteWord } from "../../command-line/quote.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import { writeEvent } from "../../shell/output.ts";
import { createAmountDisplay } from "../../progress/amount-display.ts";
import { readToken } from "../account/read-token.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { projectFolder } from "../project/project-folder.ts";
import { readTargets, repoTypeOf } from "./target.ts";
import { renewView } from "./views-here.ts";

/** Findings that mean damaged bytes on this disk. */
const integrityExit = 7;

/** One line about a bad file. */
export function badLine(file: BadFile): string {
  const { damage } = file;
  const where =
    damage === null ? "" : ` The damage begins in bytes ${damage.start}-${damage.end - 1}.`;
  return printable(`bad  ${placeOf(file)}: ${file.message}${where}`);
}

/** Where a file is, as people name it. */
export function placeOf({
  repoId,
  repoType,
  commit,
  path,
}: Pick<BadFile, "repoId" | "repoType" | "commit" | "path">): string {
  if (repoId === "") return path;
  const kind = repoType === "model" ? "" : `${repoType} `;
  return `${kind}${repoId}@${shortCommit(commit)} ${path}`;
}

/** The JSON of a verification. */
export function verifyJson(report: VerifyReport): Record<string, unknown> {
  return { ...report };
}

/** Other failures: missing content, and named repos of which nothing could be verified. */
function isBroken(report: VerifyReport, isNamed: boolean): boolean {
  const gone = report.missing.some(({ reason }) => reason === "dangling");
  const damaged = report.bad.length > 0 || report.views.length > 0;
  return damaged || gone || (isNamed && report.unverified.length > 0);
}

function unverifiedLines({ unverified, unproven }: VerifyReport): string[] {
  return unverified.map(({ repoId }) => {
    const about = unproven.filter((file) => file.repoId === repoId);
    const unreadable = about.some(({ reason }) => reason === "not-readable");
    const why =
      about.length === 0
        ? "none of its files is here."
        : unreadable
          ? "this user may not read its files."
          : "its digests are recorded neither in a listing nor in blob names. Ask the Hub with --hub.";
    return printable(`none ${repoId}: No file of it was verified: ${why}`);
  });
}

function summary(report: VerifyReport): string {
  const { checked, bytes, bytesKnown, bad, missing, unproven, views } = report;
  const dangling = missing.filter(({ reason }) => reason === "dangling").length;
  const parts = [
    `${formatCount(checked, "file")} checked, ${formatBytes(bytes)} read`,
    bytesKnown > 0
      ? `${formatBytes(bytesKnown)} verified by an interrupted run less than a day ago`
      : "",
    bad.length > 0 ? `${bad.length} bad` : "none bad",
    dangling > 0 ? `${dangling} without content` : "",
    missing.length > dangling ? `${missing.length - dangling} not downloaded` : "",
    views.length > 0 ? `${formatCount(views.length, "view")} damaged` : "",
    unproven.length > 0 ? `${unproven.length} without a known checksum` : "",
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** A line for each view that is not what it was made as. */
export function viewLines(views: readonly DamagedView[]): string[] {
  return views.map(({ path, missing, bad }) => {
    const parts = [
      missing.length > 0 ? `lacks ${listed(missing)}` : "",
      bad.length > 0 ? `holds other bytes in ${listed(bad)}` : "",
    ];
    return printable(`view ${path}: It ${parts.filter(Boolean).join(" and ")}.`);
  });
}

function listed([first = "", ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** How damaged views are made again. */
export function renewLines(views: readonly DamagedView[]): string[] {
  return views.map((view) => `${printable(`Make the view again: ${renewView(view)}`)}\n`);
}

function danglingLines(missing: readonly MissingFile[]): string[] {
  return missing
    .filter(({ reason }) => reason === "dangling")
    .map((file) => printable(`gone ${placeOf(file)}: Its entry is here, its content is not.`));
}

/** What the lock names and the cache lacks, a line for each model. */
function missingLines(missing: readonly MissingFile[]): string[] {
  const models = new Map<string, MissingFile[]>();
  for (const file of missing) {
    const key = `${file.repoId}@${file.commit}`;
    models.set(key, [...(models.get(key) ?? []), file]);
  }
  return [...models.values()].map((files) => {
    const [first] = files;
    const more = files.length === 1 ? "" : ` and ${files.length - 1} more`;
    return printable(`gone ${first ? placeOf(first) : ""}${more}: not in the cache.`);
  });
}

/**
 * The command that repairs the damage found in these files. A local dir does not record its repo.
 */
function repairCommand(
  files: readonly Pick<BadFile, "repoId" | "repoType">[],
  { localDir, cacheDir }: Flags,
): string {
  const [first] = files;
  const isOne = files.every(
    ({ repoId, repoType }) => repoId === first?.repoId && repoType === first.repoType,
  );
  const { repoId = "", repoType = "model" } = first ?? {};
  return [
    "mlx-download repair",
    ...(isOne ? [repoId === "" ? "org/name" : repoId] : []),
    ...(isOne && repoType !== "model" ? ["--type", repoType] : []),
    ...(localDir === undefined ? [] : ["--local-dir", quoteWord(localDir)]),
    ...(cacheDir === undefined ? [] : ["--cache-dir", quoteWord(cacheDir)]),
  ].join(" ");
}

/**
 * `mlx-download verify [ref…]`. Exit code 7 when a file is damaged or missing, or nothing of a
 * named repo was verified.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const display = createAmountDisplay(flags, shell);
  let report: VerifyReport;
  try {
    const onEvent = (event: VerifyEvent): void => {
      display.onEvent(event);
      if (flags.events) writeEvent(event, shell.stdout);
    };
    report = flags.lock
      ? await verifyLock(flags, shell, onEvent)
      : await verifyNamed(operands, { flags, shell }, onEvent);
  } finally {
    display.finish();
  }
  const isNamed = operands.length > 0 || flags.localDir !== undefined || flags.lock;
  const lines = [
    ...report.bad.map(badLine),
    ...(flags.lock ? missingLines(report.missing) : danglingLines(report.missing)),
    ...viewLines(report.views),
    ...(isNamed ? unverifiedLines(report) : []),
    summary(report),
  ];
  await writeResult(verifyJson(report), textOf(lines), { flags, shell });
  const broken = [...report.bad, ...report.missing.filter(({ reason }) => reason === "dangling")];
  const isAbsent = flags.lock && report.missing.length > 0;
  if (!flags.quiet && (broken.length > 0 || isAbsent)) {
    const next = broken.length > 0 ? repairCommand(broken, flags) : "mlx-download install --frozen";
    shell.stderr.write(`Next: ${printable(next)}\n`);
  }
  if (!flags.quiet) for (const line of renewLines(report.views)) shell.stderr.write(line);
  return isBroken(report, isNamed) || isAbsent ? integrityExit : 0;
}

/** What the refs name, or all of the cache. */
async function verifyNamed(
  operands: readonly string[],
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
  onEvent: (event: VerifyEvent) => void,
): Promise<VerifyReport> {
  const { verifyModels } = await import("@mlx-download/core");
  const token = await readToken(flags, shell);
  return verifyModels(await readTargets(operands, flags, shell), {
    repoType: repoTypeOf(flags),
    localDir: flags.localDir,
    cacheDir: flags.cacheDir,
    quick: flags.quick,
    hub: flags.hub,
    force: flags.force,
    threads: flags.threads,
    endpoint: flags.endpoint,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
    onNotice: hubNotices(flags, shell),
    onEvent,
  });
}

/** What the lock of the project names. */
async function verifyLock(
  flags: Flags,
  shell: Shell,
  onEvent: (event: VerifyEvent) => void,
): Promise<VerifyReport> {
  const { verifyProject } = await import("@mlx-download/project");
  return verifyProject(await projectFolder(flags), {
    cacheDir: flags.cacheDir,
    force: flags.force,
    threads: flags.threads,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent,
  });
}

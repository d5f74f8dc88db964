import { stat } from "node:fs/promises";
import { sentences, type RepairEvent, type RepairReport } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { exitCodeOf } from "../../failure/exit-code-of.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import { writeEvent } from "../../shell/output.ts";
import { createDownloadDisplay } from "../../progress/download-display.ts";
import { isSilent, type ProgressDisplay, silentDisplay } from "../../progress/progress-display.ts";
import { createAmountDisplay } from "../../progress/amount-display.ts";
import { transferOptions } from "../download/transfer-options.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { besideText, PRUNE, quarantineText } from "../beside-text.ts";
import { hubCacheOf, readTargets, repoTypeOf } from "./target.ts";
import { badLine, placeOf, renewLines, viewLines } from "./verify.ts";
import { commandHint } from "../../failure/command-hint.ts";

const someFailed = 11;

const fetched = {
  segments: "only the damaged parts were fetched",
  file: "fetched again as a whole",
  entry: "its entry has its content again",
  removed: "a link without content, which the repo does not have, was moved to quarantine",
} as const;

type Step = Exclude<RepairEvent, { type: `verify-${string}` | `repair-${string}` }>;

/** What is sound of a damaged file is no rest of a download: it counts as here. */
function asRepair(event: Step): Step {
  switch (event.type) {
    case "planned": {
      const { bytes } = event;
      const cached = bytes.cached + bytes.resumable;
      return { ...event, bytes: { ...bytes, cached, resumable: 0 } };
    }
    case "progress": {
      const { bytes } = event;
      const cached = bytes.cached + bytes.resumed;
      return { ...event, bytes: { ...bytes, cached, resumed: 0 } };
    }
    case "file-done":
      return event.status === "resumed" ? { ...event, status: "fetched" } : event;
    default:
      return event;
  }
}

/** A display for the downloads of a repair, one after the other. */
function createDisplays(
  flags: Flags,
  shell: Shell,
): { onEvent(event: RepairEvent): void; finish(): void } {
  const verifying = createAmountDisplay(flags, shell);
  let current: ProgressDisplay = silentDisplay;
  const begin = (repoId: string): ProgressDisplay => {
    current.finish();
    return createDownloadDisplay([repoId], flags, shell);
  };
  return {
    onEvent(event) {
      switch (event.type) {
        case "verify-bad":
          verifying.finish();
          if (!isSilent(flags, shell)) shell.stderr.write(`${badLine(event)}\n`);
          return;
        case "verify-started":
        case "verify-progress":
          verifying.onEvent(event);
          return;
        case "repair-done":
          current.finish(true);
          return;
        case "verify-view":
        case "repair-set-aside":
        case "repair-failed":
          return;
        default:
          verifying.finish();
          if (event.type === "resolving") current = begin(event.repoId);
          current.onEvent(asRepair(event));
      }
    },
    finish() {
      verifying.finish();
      current.finish();
    },
  };
}

/** What lies in quarantine of the repos of a repair, in words: `25.0 MB in quarantine (mlx-download cache prune)`. */
async function inQuarantine(
  { repaired }: RepairReport,
  io: { readonly ids: readonly string[]; readonly flags: Flags; readonly shell: Shell },
): Promise<string | undefined> {
  const { ids, flags, shell } = io;
  if (flags.localDir !== undefined) {
    const aside = repaired.flatMap(({ quarantined }) => quarantined ?? []);
    const sizes = await Promise.all(aside.map(async (path) => (await stat(path)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return aside.length === 0 ? undefined : `${quarantineText(bytes)} (${aside.join(", ")})`;
  }
  const { scanCache } = await import("@mlx-download/cache");
  const { repos } = await scanCache(await hubCacheOf(flags, shell), {
    signal: shell.interrupt.signal,
  });
  const named = repos.filter(({ repoId }) => ids.length === 0 || ids.includes(repoId));
  const findings = named
    .flatMap((repo) => repo.findings)
    .filter(({ code }) => code === "quarantined");
  const text = besideText([{ findings }]);
  return text === undefined ? undefined : `${text} (${PRUNE})`;
}

function lines(report: RepairReport, quarantined: string | undefined): string[] {
  const { repaired, mended, bytes, failed, found } = report;
  const what = [
    ...repaired.map((file) => `repaired ${placeOf(file)}: ${fetched[file.how]}.`),
    ...mended.map(({ path, message }) => `mended ${path}: ${message}`),
    ...failed.map((file) =>
      sentences(`failed ${placeOf(file)}: ${file.message}`, commandHint(file.hint)),
    ),
  ].map(printable);
  const kept = quarantined === undefined ? "" : printable(` Damaged data: ${quarantined}.`);
  const nothing = repaired.length + mended.length + failed.length === 0;
  const counts = [
    `${repaired.length} repaired`,
    ...(mended.length > 0 ? [`${mended.length} mended`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ].join(", ");
  const views = viewLines(found.views);
  const end = nothing
    ? `${found.checked} files checked, nothing to repair.${kept}`
    : `${counts}, ${formatBytes(bytes.wire)} fetched.${kept}`;
  return [...what, ...views, end];
}

/** `mlx-download repair [ref…]`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { repairModels } = await import("@mlx-download/core");
  const display = createDisplays(flags, shell);
  const token = await readToken(flags, shell);
  let report: RepairReport;
  let targets: Awaited<ReturnType<typeof readTargets>>;
  try {
    targets = await readTargets(operands, flags, shell);
    report = await repairModels(targets, {
      repoType: repoTypeOf(flags),
      localDir: flags.localDir,
      cacheDir: flags.cacheDir,
      quick: flags.quick,
      force: flags.force,
      threads: flags.threads,
      endpoint: flags.endpoint,
      ...transferOptions(flags),
      offline: flags.offline ? true : undefined,
      ...token,
      env: shell.env,
      signal: shell.interrupt.signal,
      onEvent(event) {
        display.onEvent(event);
        if (flags.events) writeEvent(event, shell.stdout);
      },
    });
  } finally {
    display.finish();
  }
  const { repaired, mended, bytes, failed } = report;
  const ids = targets.map(({ repoId }) => repoId);
  const text = textOf(lines(report, await inQuarantine(report, { ids, flags, shell })));
  const { views } = report.found;
  await writeResult({ repaired, mended, bytes, failed, views }, text, { flags, shell });
  // A view may hold files of its user, which making it again would take away.
  if (!flags.quiet) for (const line of renewLines(views)) shell.stderr.write(line);
  const [first] = failed;
  if (first === undefined) return 0;
  return repaired.length > 0 ? someFailed : exitCodeOf(first.code);
}

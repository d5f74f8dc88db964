import type { RepairEvent, RepairReport } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { exitCodeOf } from "../../failure/exit-code.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import { writeEvent } from "../../shell/output.ts";
import { createDownloadDisplay } from "../../progress/download-display.ts";
import { isSilent, type ProgressDisplay, silentDisplay } from "../../progress/progress-display.ts";
import { createAmountDisplay } from "../../progress/amount-display.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { readTargets, repoTypeOf } from "./target.ts";
import { badLine, placeOf } from "./verify.ts";

const someFailed = 11;

const fetched = {
  segments: "only the damaged parts were fetched",
  file: "fetched again as a whole",
  entry: "its entry has its content again",
  removed: "a link without content, which the repo does not have, was moved to quarantine",
} as const;

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
        case "repair-set-aside":
        case "repair-done":
        case "repair-failed":
          return;
        default:
          verifying.finish();
          if (event.type === "resolving") current = begin(event.repoId);
          current.onEvent(event);
      }
    },
    finish() {
      verifying.finish();
      current.finish();
    },
  };
}

function lines(report: RepairReport, localDir: string | undefined): string[] {
  const { repaired, mended, bytes, failed, found } = report;
  const what = [
    ...repaired.map((file) => `repaired ${placeOf(file)}: ${fetched[file.how]}.`),
    ...mended.map(({ path, message }) => `mended ${path}: ${message}`),
    ...failed.map((file) => `failed ${placeOf(file)}: ${file.message}. ${file.hint}`),
  ].map(printable);
  const aside = repaired.flatMap(({ quarantined }) => quarantined ?? []);
  const place = localDir === undefined ? "mlx-download cache prune removes it" : aside.join(", ");
  const kept = aside.length === 0 ? "" : printable(` Damaged data is in quarantine (${place}).`);
  const nothing = repaired.length + mended.length + failed.length === 0;
  const end = nothing
    ? `${found.checked} files checked, nothing to repair.`
    : `${repaired.length} repaired, ${mended.length} mended, ${failed.length} failed, ${formatBytes(bytes.wire)} fetched.${kept}`;
  return [...what, end];
}

/** `mlx-download repair [ref…]`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { repairModels } = await import("@mlx-download/core");
  const display = createDisplays(flags, shell);
  const token = await readToken(flags, shell);
  let report: RepairReport;
  try {
    report = await repairModels(await readTargets(operands, flags, shell), {
      repoType: repoTypeOf(flags),
      localDir: flags.localDir,
      cacheDir: flags.cacheDir,
      quick: flags.quick,
      force: flags.force,
      threads: flags.threads,
      endpoint: flags.endpoint,
      connections: flags.connections,
      limitRate: flags.limitRate,
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
  const text = textOf(lines(report, flags.localDir));
  await writeResult({ repaired, mended, bytes, failed }, text, { flags, shell });
  const [first] = failed;
  if (first === undefined) return 0;
  return repaired.length > 0 ? someFailed : exitCodeOf(first.code);
}

import type { DownloadEvent, DownloadOptions, DownloadResult } from "@mlx-download/core";
import type { Flags } from "../command-line/flags.ts";
import type { Invocation } from "../command-line/command-spec.ts";
import { sameCommand } from "../command-line/quote.ts";
import { CliError } from "../failure/cli-error.ts";
import { describeFailure, type Failure, failureJson } from "../failure/describe-failure.ts";
import { jsonText } from "../output.ts";
import { createPlainDisplay } from "../progress/plain-display.ts";
import { drawsFrames, type ProgressDisplay, silentDisplay } from "../progress/progress-display.ts";
import { createTerminalDisplay } from "../progress/terminal-display.ts";
import { readToken } from "../read-token.ts";
import { reportFailure } from "../report-failure.ts";
import type { Shell } from "../shell.ts";
import { formatBytes } from "../text/format.ts";
import { paint } from "../text/style.ts";
import { planJson, planTable } from "./dry-run.ts";
import { nextStep } from "./next-step.ts";
import { refuseTwoRevisions, selectionOf } from "./selection.ts";

/** How long a stop may take before it is mentioned. */
const patienceMs = 400;

function displayFor(ref: string, flags: Flags, shell: Shell): ProgressDisplay {
  // Lines of events and a frame on one terminal would overwrite each other.
  const eventsOnTerminal = flags.events && shell.stdoutColumns !== undefined;
  if (flags.quiet || eventsOnTerminal) return silentDisplay;
  return drawsFrames(shell.stderr, shell.env)
    ? createTerminalDisplay(ref, shell.stderr, shell.stderrStyle)
    : createPlainDisplay(ref, (text) => void shell.stderr.write(text));
}

/** The bytes of unfinished files that a later run goes on from, as the events told them. */
function createKeptCounter(): { onEvent(event: DownloadEvent): void; readonly bytes: number } {
  let bytes = 0;
  return {
    onEvent(event) {
      if (event.type === "planned") bytes = event.bytes.resumable;
      if (event.type === "progress")
        bytes = event.bytes.resumed + event.bytes.copied + event.bytes.fetched;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** What the signal meant for this download: how much stays, and the command that goes on. */
function stoppedError(reason: unknown, keptBytes: number, shell: Shell): unknown {
  if (!(reason instanceof CliError)) return reason;
  const kept = keptBytes > 0 ? ` Kept ${formatBytes(keptBytes)}.` : "";
  return new CliError(`${reason.message}${kept}`, reason.code, {
    hint: `Resume with: ${sameCommand(shell.argv)}`,
    data: { keptBytes },
  });
}

async function downloadOne(
  ref: string,
  options: DownloadOptions,
  { flags, shell }: { flags: Flags; shell: Shell },
): Promise<DownloadResult> {
  const { download } = await import("@mlx-download/core");
  const display = displayFor(ref, flags, shell);
  const kept = createKeptCounter();
  const { signal } = shell.interrupt;
  let patience: NodeJS.Timeout | undefined;
  shell.interrupt.onStop = () => {
    patience = setTimeout(
      () => display.note("Stopping … (Ctrl-C again to quit at once)"),
      patienceMs,
    );
  };
  try {
    const result = await download(ref, {
      ...options,
      onEvent(event) {
        kept.onEvent(event);
        display.onEvent(event);
        // The command itself ends the stream, with the one result or error of the whole invocation.
        if (flags.events && event.type !== "result" && event.type !== "error")
          // What cannot be written ends the command by itself: the stream is closed then.
          shell.stdout.write(jsonText({ schema: 1, ...event }, false)).catch(() => undefined);
      },
    });
    display.finish();
    const next = nextStep(result, flags);
    if (next !== undefined && !flags.quiet)
      shell.stderr.write(`${paint(shell.stderrStyle, "label", "Next:")} ${next}\n`);
    return result;
  } catch (error) {
    display.finish();
    throw signal.aborted ? stoppedError(signal.reason, kept.bytes, shell) : error;
  } finally {
    clearTimeout(patience);
    shell.interrupt.onStop = undefined;
  }
}

function resultJson(result: DownloadResult): Record<string, unknown> {
  const { repoId, revision, commit, path, fromCache, durationMs, bytes, files } = result;
  return { repoId, revision, commit, path, fromCache, durationMs, bytes, files };
}

async function dryRunOne(
  ref: string,
  options: DownloadOptions,
  { flags, shell }: { flags: Flags; shell: Shell },
): Promise<Record<string, unknown>> {
  const { planModel } = await import("@mlx-download/core");
  const plan = await planModel(ref, options);
  if (!flags.json) {
    const style = { ...shell.stdoutStyle, columns: shell.stdoutColumns };
    await shell.stdout.write(`${planTable(plan, style).join("\n")}\n`);
  }
  return planJson(plan);
}

async function readOptions(flags: Flags, shell: Shell): Promise<DownloadOptions> {
  return {
    ...selectionOf(flags),
    localDir: flags.localDir,
    force: flags.force,
    endpoint: flags.endpoint,
    connections: flags.connections,
    limitRate: flags.limitRate,
    offline: flags.offline ? true : undefined,
    token: await readToken(flags, shell),
    signal: shell.interrupt.signal,
    env: shell.env,
  };
}

/**
 * `mlx-download <ref…>`: downloads (or plans) one ref after the other. A single ref's failure is thrown; of several,
 * each is reported as it happens, and the rest goes on. Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const options = await readOptions(flags, shell);
  const indented = shell.stdoutColumns !== undefined;
  const context = { flags, shell };

  const one = async (ref: string): Promise<Record<string, unknown>> => {
    await refuseTwoRevisions(ref, flags);
    if (flags.dryRun) return dryRunOne(ref, options, context);
    const result = await downloadOne(ref, options, context);
    if (!flags.json && !flags.events) await shell.stdout.write(`${result.path}\n`);
    return resultJson(result);
  };
  const end = async (repoId: string | undefined, body: Record<string, unknown>): Promise<void> => {
    if (flags.json) await shell.stdout.write(jsonText({ schema: 1, ...body }, indented));
    if (!flags.events) return;
    const about = repoId === undefined ? {} : { repoId };
    const event = { schema: 1, type: "result", at: Date.now(), ...about };
    const payload = repoId === undefined ? body : { result: body };
    await shell.stdout.write(jsonText({ ...event, ...payload }, false));
  };

  const [first = ""] = operands;
  if (operands.length === 1) {
    const body = await one(first);
    await end(String(body["repoId"]), body);
    return 0;
  }

  const results: Record<string, unknown>[] = [];
  const failures: { ref: string; failure: Failure }[] = [];
  for (const [at, ref] of operands.entries()) {
    if (!flags.quiet)
      shell.stderr.write(
        `${paint(shell.stderrStyle, "strong", `[${at + 1}/${operands.length}]`)} ${ref}\n`,
      );
    try {
      results.push(await one(ref));
    } catch (error) {
      if (shell.interrupt.signal.aborted) throw error;
      const failure = describeFailure(error, [options.token || undefined, shell.env["HF_TOKEN"]]);
      failures.push({ ref, failure });
      results.push({ ref, error: failureJson(failure) });
      reportFailure(failure, flags, shell);
    }
  }
  if (failures.length > 0 && flags.events) {
    const names = failures.map(({ ref }) => ref).join(", ");
    throw new CliError(
      `${failures.length} of ${operands.length} downloads failed: ${names}`,
      "cli/some-failed",
      {
        hint: "Run the same command again; what is here already is not fetched again.",
        data: { results },
      },
    );
  }
  await end(undefined, { results });
  return failures.length > 0 ? 11 : 0;
}

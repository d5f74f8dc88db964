import type {
  DownloadOptions,
  DownloadResult,
  DownloadReview,
  SelectedRef,
} from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Invocation } from "../../command-line/command-spec.ts";
import { CliError } from "../../failure/cli-error.ts";
import { describeFailure, type Failure, failureJson } from "../../failure/describe-failure.ts";
import { jsonText } from "../../shell/output.ts";
import { writeJson } from "../../shell/result.ts";
import { agreeToPlan, expandCollections, isCollection, nameOf } from "../collection/plan.ts";
import { readToken } from "../account/read-token.ts";
import { reportFailure } from "../../shell/report-failure.ts";
import type { Shell } from "../../shell/shell.ts";
import { splitNamedFiles } from "../refs/named-files.ts";
import { nearModel } from "../refs/near-model.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { noteSpeed, readSpeed } from "./measured-speed.ts";
import { paint } from "../../text/style.ts";
import { withBackend } from "../refs/with-backend.ts";
import { bestVariant, type BestVariant } from "./best-variant.ts";
import { planJson, planTable, type PlanWarning } from "./dry-run.ts";
import { quantizationOf, resultJson, suggestNext } from "./result.ts";
import { cacheLimit, type Evicted, plannedOf, planRoom, showRoom } from "./make-room.ts";
import { roomFor } from "./room-for.ts";
import { reviewOptions } from "./review-options.ts";
import { askAboutNetworks } from "../share/ask-about-networks.ts";
import { transferOptions } from "./transfer-options.ts";
import { watched } from "./watched.ts";
import { refuseTwoRevisions, selectionOf } from "../refs/selection.ts";

async function dryRunOne(
  ref: string | SelectedRef,
  given: DownloadOptions,
  context: GetContext,
): Promise<Record<string, unknown>> {
  const { flags, shell } = context;
  const { planModel } = await import("@mlx-download/core");
  const { include = given.include, exclude = given.exclude } = typeof ref === "string" ? {} : ref;
  const options = { ...given, include, exclude };
  let review: DownloadReview | undefined;
  const warnings: PlanWarning[] = [];
  const plan = await planModel(ref, {
    ...options,
    onEvent(event) {
      if (event.type === "reviewed") review = event;
      if (event.type === "warning") {
        const { code, message, hint } = event;
        warnings.push({ code, message, hint });
      }
    },
  });
  const notes = { review, warnings, speed: await readSpeed(shell.env) };
  const limit = cacheLimit(flags, shell.env);
  const room = limit === undefined ? undefined : await planRoom([plan], limit, { flags, shell });
  if (limit !== undefined && room !== undefined) showRoom(room, limit, { flags, shell });
  if (!flags.json) {
    const style = shell.stdoutStyle;
    await shell.stdout.write(`${planTable(plan, style, notes).join("\n")}\n`);
  }
  const evicts = plannedOf(room);
  const body = { ...planJson(plan, notes), ...withBest(plan.repoId, context) };
  return { ...body, ...(evicts.length > 0 && { evicts }) };
}

function withBest(repoId: string, { best }: GetContext): { readonly best?: BestVariant } {
  const variant = best?.get(repoId);
  return variant === undefined ? {} : { best: variant };
}

async function readOptions(flags: Flags, shell: Shell): Promise<DownloadOptions> {
  await askAboutNetworks(flags, shell);
  return {
    ...selectionOf(flags),
    ...(await reviewOptions(flags, shell)),
    localDir: flags.localDir,
    force: flags.force,
    endpoint: flags.endpoint,
    ...transferOptions(flags),
    offline: flags.offline ? true : undefined,
    ...(await readToken(flags, shell)),
    signal: shell.interrupt.signal,
    env: shell.env,
  };
}

/**
 * `mlx-download <ref…>`: downloads or plans. The failure of a single ref is thrown. Several refs
 * are downloaded at once, and each failure is reported at the end. Returns the exit code.
 */
export async function run(given: Invocation, shell: Shell): Promise<number> {
  if (given.operands.some(isCollection)) return getCollections(given, shell);
  const invocation = withNamedFiles(given);
  const { flags } = invocation;
  for (const ref of invocation.operands) await refuseTwoRevisions(ref, flags, shell);
  const options = await readOptions(flags, shell);
  const token = { ...options, token: options.token || undefined };
  const best = new Map<string, BestVariant>();
  const operands: string[] = [];
  const { token: chosen, tokenSource } = token;
  for (const ref of flags.best ? invocation.operands : []) {
    const variant = await bestVariant(ref, { token: chosen, tokenSource }, { flags, shell });
    best.set(variant.repoId, variant);
    operands.push(variant.repoId);
  }
  if (!flags.best)
    operands.push(...(await wholeRefs(invocation.operands, { flags, token }, shell)));
  const context = { flags, shell: withWholeRefs(invocation.operands, operands, shell), best };
  return withBackend(flags, shell, (backend) => getAll(operands, { ...options, backend }, context));
}

/** Downloads collections whole, with the plan before. Returns the exit code. */
async function getCollections({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const refs = await expandCollections(operands, flags, shell);
  const options = await readOptions(flags, shell);
  if (!flags.dryRun && !(await agreeToPlan(refs, options, { flags, shell }))) return 0;
  return withBackend(flags, shell, (backend) =>
    getAll(refs.map(nameOf), { ...options, backend }, { flags, shell, selected: refs }),
  );
}

/** The invocation with the files that follow its ref added to the patterns of `--include`. */
function withNamedFiles(invocation: Invocation): Invocation {
  const { refs, files } = splitNamedFiles(invocation.operands);
  if (files.length === 0) return invocation;
  const { flags } = invocation;
  return {
    ...invocation,
    operands: refs,
    flags: { ...flags, include: [...flags.include, ...files] },
  };
}

/**
 * The shell with short names expanded and the best variants named in its command line, so that the
 * command to resume with asks nothing again.
 */
function withWholeRefs(short: readonly string[], whole: readonly string[], shell: Shell): Shell {
  const renamed = new Map(short.map((ref, at) => [ref, whole[at] ?? ref]));
  const argv = shell.argv.filter((word) => word !== "--best");
  return { ...shell, argv: argv.map((word) => renamed.get(word) ?? word) };
}

/** What all downloads of a command line have in common. */
interface GetContext {
  readonly flags: Flags;
  readonly shell: Shell;
  /** The models of collections, which carry patterns, in the order of the operands. */
  readonly selected?: readonly SelectedRef[];
  /** The variants that `--best` took, by repo. */
  readonly best?: ReadonlyMap<string, BestVariant>;
}

async function getAll(
  operands: readonly string[],
  options: DownloadOptions,
  context: GetContext,
): Promise<number> {
  const { flags, shell, selected } = context;
  const end = async (repoId: string | undefined, body: Record<string, unknown>): Promise<void> => {
    if (flags.json) await writeJson({ schema: 1, ...body }, shell);
    if (!flags.events) return;
    const about = repoId === undefined ? {} : { repoId };
    const event = { schema: 1, type: "result", at: Date.now(), ...about };
    const payload = repoId === undefined ? body : { result: body };
    await shell.stdout.write(jsonText({ ...event, ...payload }, false));
  };
  const jsonOf = (
    result: DownloadResult,
    quantization: string | null,
  ): Record<string, unknown> => ({
    ...resultJson(result, quantization, flags),
    ...withBest(result.repoId, context),
  });
  const sayPath = async ({ path }: DownloadResult): Promise<void> => {
    if (!flags.json && !flags.events) await shell.stdout.write(`${path}\n`);
  };

  const [first = ""] = operands;
  if (operands.length === 1 && selected === undefined) {
    if (flags.dryRun) {
      const body = await dryRunOne(first, options, context);
      await end(String(body["repoId"]), body);
      return 0;
    }
    const evicted = await roomFor(operands, options, context);
    const { download } = await import("@mlx-download/core");
    const result = await watched([first], context, (onEvent) =>
      download(first, { ...options, onEvent }),
    );
    await noteSpeed(result, shell.env);
    const quantization = await quantizationOf(result);
    suggestNext(result, quantization, context);
    await sayPath(result);
    await end(result.repoId, { ...jsonOf(result, quantization), ...evicted });
    return 0;
  }

  const results: Record<string, unknown>[] = [];
  const failures: { ref: string; failure: Failure }[] = [];
  let evicted: { readonly evicted?: readonly Evicted[] } = {};
  const fail = async (ref: string, error: unknown): Promise<void> => {
    const failure = describeFailure(error, {
      secrets: [options.token || undefined, shell.env["HF_TOKEN"]],
      meant: await nearModel(error, shell),
    });
    failures.push({ ref, failure });
    results.push({ ref, error: failureJson(failure) });
    reportFailure(failure, flags, shell);
  };
  if (flags.dryRun) {
    for (const [index, ref] of operands.entries()) {
      if (!flags.quiet) shell.stderr.write(`${paint(shell.stderrStyle, "strong", ref)}\n`);
      try {
        results.push(await dryRunOne(selected?.[index] ?? ref, options, context));
      } catch (error) {
        if (shell.interrupt.signal.aborted) throw error;
        await fail(ref, error);
      }
    }
  } else {
    evicted = await roomFor(operands, options, context);
    const { downloadMany } = await import("@mlx-download/core");
    const outcomes = await watched(operands, context, (onEvent) =>
      downloadMany(selected ?? operands, { ...options, onEvent }),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (!outcome.ok) await fail(operands[index] ?? "", outcome.error);
      else {
        results.push(jsonOf(outcome.result, await quantizationOf(outcome.result)));
        await sayPath(outcome.result);
      }
    }
  }
  if (failures.length > 0 && flags.events) {
    const names = failures.map(({ ref }) => ref).join(", ");
    throw new CliError(
      `${failures.length} of ${operands.length} downloads failed: ${names}`,
      "cli/some-failed",
      {
        hint: "Each of them says its own next step in data.results.",
        data: { results },
      },
    );
  }
  await end(undefined, { results, ...evicted });
  if (failures.length === 0) return 0;
  // If all downloads failed alike, the result has that failure's exit code.
  const codes = new Set(failures.map(({ failure }) => failure.exitCode));
  const [code] = codes;
  return failures.length === operands.length && codes.size === 1 && code !== undefined ? code : 11;
}

import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import type { TokenOptions } from "../account/read-token.ts";
import { machineText } from "../choose/model-card.ts";
import { recommendFor } from "../choose/recommend-for.ts";

/** The variant that `--best` takes, as machines read it. */
export interface BestVariant {
  /** The model as it was asked for. */
  readonly of: string;
  readonly repoId: string;
  readonly why: string;
  /** The next one that could be used, and why it lost. */
  readonly runnerUp: { readonly repoId: string; readonly why: string } | null;
  /** Bytes that the GPU of the machine may hold at once. */
  readonly limitBytes: number;
}

/**
 * The recommended variant of the model that `ref` names (`Qwen/Qwen3-8B`, `qwen3-8b`, one of its
 * variants, an address). Says on standard error which one it is and why. Throws `cli/nothing-fits`
 * when no variant loads and fits, `cli/usage` for a ref with a revision.
 */
export async function bestVariant(
  ref: string,
  token: TokenOptions,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<BestVariant> {
  const of = await modelName(ref, flags, shell);
  const { machine, models } = await recommendFor(
    { of, limit: 1, token, catalogue: false },
    flags,
    shell,
  );
  const choice = models[0]?.choice;
  // A recommendation without a variant is none.
  if (!choice?.best) throw new Error(`no variant of ${of} was chosen`);
  const { best, runnerUp } = choice;
  const { repoId } = best.candidate;
  if (!flags.quiet) {
    const { stderr, stderrStyle } = shell;
    const rows = [
      ["Best", `${repoId}: ${best.why}`],
      ...(runnerUp ? [["Runner-up", `${runnerUp.candidate.repoId}: ${runnerUp.why}`]] : []),
      ["For", machineText(machine)],
    ];
    for (const [label = "", text = ""] of rows)
      stderr.write(`${paint(stderrStyle, "label", `${label}:`)} ${printable(text)}\n`);
  }
  return {
    of,
    repoId,
    why: best.why,
    runnerUp: runnerUp && { repoId: runnerUp.candidate.repoId, why: runnerUp.why },
    limitBytes: machine.wiredLimitBytes,
  };
}

async function modelName(
  ref: string,
  { endpoint }: Pick<Flags, "endpoint">,
  { env }: Pick<Shell, "env">,
): Promise<string> {
  if (/^[\w.-]+(?:\/[\w.-]+)?$/.test(ref)) return ref;
  const { parseRepoRef } = await import("@mlx-download/core");
  const name = /^([\w.-]+)@\S+$/.exec(ref)?.[1];
  const { repoId, revision } =
    name === undefined ? parseRepoRef(ref, { env, endpoint }) : { repoId: name, revision: ref };
  if (revision === undefined) return repoId;
  throw usage(
    `--best chooses among the variants of ${repoId}, and ${ref} names a revision of one`,
    `Leave out the revision: mlx-download get ${repoId} --best. Or leave out --best.`,
  );
}

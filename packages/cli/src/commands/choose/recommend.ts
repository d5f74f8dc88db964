import type { JudgedVariant, Recommendation, Recommendations } from "@mlx-download/core";
import type { Fit } from "@mlx-download/fit";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { renderCard, type CardRow } from "../../text/card.ts";
import { formatBytesOf, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import type { TableStyle } from "../../text/table.ts";
import { answeredBy, machineText } from "./model-card.ts";
import { fitJson } from "./model-json.ts";
import { recommendFor } from "./recommend-for.ts";

/** `mlx-download recommend`: models for a task or variants of one model, the best first, with reasons. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [of] = operands;
  const task = flags.task ?? "chat";
  const found = await recommendFor(
    {
      of,
      task,
      author: flags.all ? "any" : flags.author,
      limit: flags.limit,
      tokensPerSecond: flags.minSpeed,
      token: await readToken(flags, shell),
    },
    flags,
    shell,
  );
  if (flags.json) {
    const body = {
      schema: 1,
      task: of === undefined ? task : null,
      of: of ?? null,
      ...json(found),
    };
    await writeJson(body, shell);
  } else if (flags.quiet) {
    const ids = found.models.map(({ choice }) => choice.best?.candidate.repoId ?? "");
    await shell.stdout.write(ids.map((id) => `${printable(id)}\n`).join(""));
  } else {
    const style = shell.stdoutStyle;
    await shell.stdout.write(`${text(found, style).join("\n")}\n`);
  }
  return 0;
}

function json({
  machine,
  contextLength,
  listed,
  inspected,
  models,
  skipped,
}: Recommendations): object {
  return {
    contextLength,
    limitBytes: machine.wiredLimitBytes,
    machine,
    listed,
    inspected,
    models: models.map(({ base, why, choice }) => ({
      base,
      why,
      ...(choice.best && variantJson(choice.best.candidate, choice.best.why)),
      runnerUp: choice.runnerUp && variantJson(choice.runnerUp.candidate, choice.runnerUp.why),
      variants: choice.ranked.map(({ candidate, usable, why: reason }) => ({
        repoId: candidate.repoId,
        usable,
        why: reason,
        fit: fitJson(candidate.fit),
      })),
    })),
    skipped,
  };
}

function variantJson(variant: JudgedVariant, variantWhy: string): object {
  const { repoId, commit, description, fit, loads, speed, downloads } = variant;
  return {
    repoId,
    commit,
    variantWhy,
    parameters: description.parameters,
    weightsBytes: description.weightsBytes,
    quantization: description.quantization,
    fit: fitJson(fit),
    loads,
    speed,
    downloads,
  };
}

function text({ machine, models }: Recommendations, style: TableStyle): string[] {
  return [
    ...models.flatMap((model) => [...modelText(model, style), ""]),
    paint(style, "quiet", `Machine: ${printable(machineText(machine))}`),
    ...[
      ...new Set(
        models.flatMap(({ choice }) => choice.best?.candidate.loads ?? []).map(answeredBy),
      ),
    ].map((line) => paint(style, "quiet", `Loads: ${printable(line)}`)),
  ];
}

/** How far its context reaches. Nothing where the need is not below the limit at any length. */
function longestText({ verdict, maxContextLength }: Fit, made: number | null): string {
  if (maxContextLength === null || maxContextLength === 0) {
    return verdict === "tight" ? ", which is tight" : "";
  }
  if (maxContextLength !== made) return `, up to ${formatCount(maxContextLength, "token")}`;
  return verdict === "yes" ? ", its whole context fits" : "";
}

function modelText({ base, why, choice }: Recommendation, style: TableStyle): string[] {
  const { best, runnerUp } = choice;
  if (best === null) return [];
  const { repoId, fit, speed, description, loads } = best.candidate;
  const trouble = loads.reasons.find(({ code }) => code === "experts-fail");
  const needs =
    fit.totalBytes === null
      ? ""
      : `${formatBytesOf(fit.totalBytes, fit.limitBytes)} at ${formatCount(fit.contextLength, "token")}`;
  const longest = longestText(fit, description.contextLength);
  const rows: CardRow[] = [
    { label: "Model", text: `${base}: ${why}` },
    { label: "Variant", text: best.why },
    { label: "Needs", text: `${needs}${longest}` },
    ...(speed
      ? [{ label: "Speed", text: `about ${speed.low} to ${speed.high} tokens/s, estimated` }]
      : []),
    ...(loads.program === "mlx-lm"
      ? []
      : [{ label: "Loads", text: loads.reasons[0]?.message ?? loads.program }]),
    ...(trouble ? [{ label: "Note", text: trouble.message }] : []),
    ...(runnerUp ? [{ label: "Next", text: `${runnerUp.candidate.repoId}: ${runnerUp.why}` }] : []),
  ];
  return [paint(style, "strong", printable(repoId)), ...renderCard(rows, style)];
}

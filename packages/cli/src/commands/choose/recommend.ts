import type { JudgedVariant, Recommendation } from "@mlx-download/core";
import { type Fit, parseModelName } from "@mlx-download/fit";
import type { CatalogueAge } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { renderCard, type CardRow } from "../../text/card.ts";
import { formatBytes, formatBytesOf, formatCount } from "../../text/format.ts";
import { wrapWords } from "../../text/display-width.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import type { TableStyle } from "../../text/table.ts";
import { ageText } from "../catalogue/age-text.ts";
import { answeredBy, machineText } from "./model-card.ts";
import { fitJson } from "./model-json.ts";
import { type RecommendedFor, recommendFor } from "./recommend-for.ts";

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
      catalogue: true,
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

function json(found: RecommendedFor): object {
  const { machine, contextLength, listed, inspected, models, skipped, catalogue } = found;
  return {
    source: {
      kind: catalogue === null ? "hub" : "catalogue",
      syncedAt: catalogue === null ? null : new Date(catalogue.at).toISOString(),
      seed: catalogue?.source === "seed",
    },
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
        by: candidate.by,
        weightsBytes: candidate.description.weightsBytes,
        fit: fitJson(candidate.fit),
      })),
    })),
    skipped,
  };
}

function variantJson(variant: JudgedVariant, variantWhy: string): object {
  const { repoId, commit, by, description, fit, loads, speed, downloads } = variant;
  return {
    repoId,
    commit,
    by,
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

function text({ machine, models, catalogue }: RecommendedFor, style: TableStyle): string[] {
  return [
    ...models.flatMap((model) => [...modelText(model, style), ""]),
    ...[
      sourceText(catalogue),
      `Machine: ${machineText(machine)}`,
      ...new Set(
        models
          .flatMap(({ choice }) => choice.best?.candidate.loads ?? [])
          .map((loads) => `Loads: ${answeredBy(loads)}`),
      ),
    ]
      .flatMap((line) => wrapWords(printable(line), lineWidth(style)))
      .map((line) => paint(style, "quiet", line)),
  ];
}

/** Pipes have no width. */
const lineWidth = ({ columns }: TableStyle): number =>
  Math.max(20, columns ?? Number.POSITIVE_INFINITY);

/** The list that was chosen from, with its date. */
function sourceText(catalogue: CatalogueAge | null): string {
  if (catalogue === null) return "Facts: the Hub's list and the models' own files, read now";
  const of = new Date(catalogue.at).toISOString().slice(0, 10);
  const where = catalogue.source === "seed" ? "list that ships with mlx-download" : "catalogue";
  return `Facts: the ${where} of ${of} (${ageText(catalogue.at)})`;
}

/** The file or list that the figures of a variant are of. */
const factsText = ({ by, commit, repoId }: JudgedVariant): string =>
  by === "files"
    ? `its own files${commit === null ? "" : ` at commit ${commit.slice(0, 7)}`}`
    : `estimated from its name, tags and counts; mlx-download info ${repoId} reads its files`;

/** The quantizations of a model that can be used, with their sizes. */
function choiceText({ ranked }: Recommendation["choice"]): string {
  return ranked
    .filter(({ usable }) => usable)
    .map(({ candidate: { repoId, description } }) => {
      const label = parseModelName(repoId).quantization?.label ?? "unquantized";
      const { weightsBytes } = description;
      return weightsBytes === null ? label : `${label} ${formatBytes(weightsBytes)}`;
    })
    .join(", ");
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
  const { repoId, by, fit, speed, description, loads } = best.candidate;
  const trouble = loads.reasons.find(({ code }) => code === "experts-fail");
  const needs =
    fit.totalBytes === null
      ? ""
      : `${by === "list" ? "about " : ""}${formatBytesOf(fit.totalBytes, fit.limitBytes)} at ${formatCount(fit.contextLength, "token")}`;
  const longest = longestText(fit, description.contextLength);
  const rows: CardRow[] = [
    { label: "Model", text: `${base}: ${why}` },
    { label: "Variant", text: best.why },
    { label: "Needs", text: `${needs}${longest}` },
    ...(speed
      ? [{ label: "Speed", text: `about ${speed.low} to ${speed.high} tokens/s, estimated` }]
      : []),
    ...(loads.program === "mlx-lm" && by === "files"
      ? []
      : [{ label: "Loads", text: loads.reasons[0]?.message ?? loads.program }]),
    ...(trouble ? [{ label: "Note", text: trouble.message }] : []),
    ...(runnerUp ? [{ label: "Next", text: `${runnerUp.candidate.repoId}: ${runnerUp.why}` }] : []),
    ...(runnerUp ? [{ label: "Choice", text: choiceText(choice) }] : []),
    { label: "Facts", text: factsText(best.candidate) },
  ];
  return [paint(style, "strong", printable(repoId)), ...renderCard(rows, style)];
}

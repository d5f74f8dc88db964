import type { Fit, FitVerdict, LoadVerdict, Machine, ModelDescription } from "@mlx-download/fit";
import { renderCard, type CardRow } from "../../text/card.ts";
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatParameters,
  shortCommit,
} from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { paint, type Tone } from "../../text/style.ts";
import type { TableStyle } from "../../text/table.ts";
import type { InspectedModel } from "@mlx-download/core";
import type { JudgedModel } from "./judge-model.ts";

const tones: Readonly<Record<FitVerdict | "safe" | "caution" | "danger", Tone>> = {
  yes: "good",
  tight: "warn",
  no: "bad",
  unknown: "quiet",
  safe: "good",
  caution: "warn",
  danger: "bad",
};

/**
 * The text form of `info` and `fit`: one line per subject, wrapped under itself in a narrow
 * terminal.
 */
export function modelCard(judged: JudgedModel, style: TableStyle): string[] {
  const { inspected, machine, fit, speed, uncountedImages } = judged;
  const { description, loads, security } = inspected;
  const at = inspected.commit === null ? "" : ` @ ${shortCommit(inspected.commit)}`;
  const name = inspected.repoId ?? inspected.path ?? "";
  const revision =
    inspected.revision === null ||
    inspected.revision === "main" ||
    inspected.revision === inspected.commit
      ? ""
      : ` (${inspected.revision})`;
  const more = programsText(loads, description);
  const why =
    loads.reasons.find(({ blocks }) => blocks === (loads.verdict === "no")) ?? loads.reasons[0];
  const raise = raiseText(fit, machine);
  const rows: CardRow[] = [
    ...accessRows(inspected),
    { label: "Model", text: modelText(description) },
    { label: "Weights", text: weightsText(description) },
    { label: "Context", text: contextText(description) },
    {
      label: "Fits",
      verdict: { text: fit.verdict, tone: tones[fit.verdict] },
      text: fitText(fit, description),
    },
    {
      label: "Loads",
      verdict: { text: loads.verdict, tone: tones[loads.verdict] },
      text: more ?? why?.message ?? "",
    },
    ...loads.reasons
      .filter((reason) => reason !== why && reason.code !== "known-architecture")
      .filter(({ code }) => more === undefined || !SAID_BY_PROGRAMS.has(code))
      .map((reason) => ({ label: "", text: reason.message })),
    { label: "", text: answeredBy(loads) },
    ...(speed
      ? [
          {
            label: "Speed",
            text: `about ${formatNumber(speed.low)} to ${formatNumber(speed.high)} tokens/s, estimated: ${speed.formula}`,
          },
        ]
      : []),
    { label: "Machine", text: machineText(machine) },
    {
      label: "Security",
      verdict: { text: security.verdict, tone: tones[security.verdict] },
      text: "",
    },
    ...security.findings.slice(0, 8).map((finding) => ({
      label: "",
      text: `${finding.path}: ${finding.message}`,
    })),
    ...(security.findings.length > 8
      ? [{ label: "", text: `and ${security.findings.length - 8} more; --json has all` }]
      : []),
    ...(description.baseModels.length > 0
      ? [{ label: "Based on", text: description.baseModels.slice(0, 4).join(", ") }]
      : []),
    ...[raise, uncountedImages].flatMap((text) =>
      text === undefined ? [] : [{ label: "Note", text }],
    ),
    ...description.problems.slice(0, 4).map((problem) => ({ label: "Note", text: problem })),
  ];
  const title = paint(style, "strong", printable(`${name}${at}${revision}`));
  return [title, ...renderCard(rows, style)];
}

/** The files of a gated model that this account cannot read, and how to get access. */
function accessRows({ access, repoId }: InspectedModel): CardRow[] {
  if (access === null) return [];
  const { state, message, hint, missing } = access;
  const unread = `Only public files are shown: ${formatCount(missing.files, "file")} (${formatBytes(missing.bytes)}) cannot be read without access. The card can: mlx-download ${repoId ?? ""} --include README.md`;
  return [
    {
      label: "Access",
      verdict: { text: state === "unknown" ? "none" : state, tone: "warn" },
      text: message,
    },
    { label: "", text: hint },
    { label: "", text: unread },
  ];
}

const SAID_BY_PROGRAMS: ReadonlySet<string> = new Set(["other-loader", "text-only"]);

/** The programs of a model that is more than a language model, in one line. Undefined for others. */
function programsText(
  { verdict, programs }: LoadVerdict,
  { roles }: ModelDescription,
): string | undefined {
  const isMore = roles.some((role) => ["vision", "audio", "embedding"].includes(role));
  if (!isMore || verdict === "no" || programs.length === 0) return undefined;
  return programs.map(({ message }) => message).join("; ");
}

/** Who said whether it loads. */
export function answeredBy({ by, program }: LoadVerdict): string {
  if (program !== "mlx-lm") return `by the built-in table of ${program}`;
  const { mlxLmVersion, mlxVersion, python } = by;
  return python === null
    ? `by the built-in table of mlx-lm ${mlxLmVersion}; --fit-python auto asks the installed one`
    : `by the installed mlx-lm ${mlxLmVersion} and MLX ${mlxVersion} of ${python}`;
}

function modelText(description: ModelDescription): string {
  const { modelType, attention, experts, parameters, license, roles } = description;
  const parts = [
    modelType ?? "of no named type",
    parameters === null ? undefined : `${formatParameters(parameters)} parameters`,
    experts === null
      ? undefined
      : `${experts.active === null ? "" : `${experts.active} of `}${experts.total} experts`,
    attention === null ? undefined : `${attention} attention`,
    roles.length > 0 ? roles.join(", ") : undefined,
    license === null ? undefined : `licence ${license}`,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

function weightsText({ weightsBytes, weightFiles, quantization, dtype }: ModelDescription): string {
  const size =
    weightsBytes === null
      ? "size unknown"
      : `${formatBytes(weightsBytes)} in ${formatCount(weightFiles.length, "file")}`;
  if (quantization === null) return dtype === null ? size : `${size} · ${dtype}`;
  const { bits, mode, groupSize, bitsPerWeight, mixed } = quantization;
  const label = [
    bits === null ? undefined : `${bits}-bit`,
    mode,
    groupSize === null ? undefined : `g${groupSize}`,
    mixed ? "mixed" : undefined,
  ];
  const words = label.filter((part) => part !== undefined).join(" ");
  const average = bitsPerWeight === null ? "" : ` · ${bitsPerWeight.toFixed(2)} bits a weight`;
  return `${size} · ${words}${average}`;
}

function contextText({ contextLength, ropeScaling }: ModelDescription): string {
  if (contextLength === null) return "length unknown";
  const stretched = ropeScaling === null ? "" : ` (${ropeScaling.type} scaling)`;
  return `${formatCount(contextLength, "token")}${stretched}`;
}

function fitText(fit: Fit, description: ModelDescription): string {
  const { totalBytes, limitBytes, kvPeakBytes, kvBytes, activationBytes, weightsBytes } = fit;
  if (totalBytes === null) {
    return description.cache === null
      ? "how this architecture keeps the past is not known here"
      : "the size of the weights is not known";
  }
  const peak =
    kvPeakBytes !== null && kvBytes !== null && kvPeakBytes > kvBytes
      ? ` (after the prompt ${formatBytes(kvBytes)})`
      : "";
  const { attentionBytes } = fit;
  const scores =
    attentionBytes !== null && attentionBytes > 0.1 * (activationBytes ?? 0)
      ? ` (attention scores ${formatBytes(attentionBytes)})`
      : "";
  const parts = [
    `weights ${formatBytes(weightsBytes ?? 0)}`,
    `cache ${formatBytes(kvPeakBytes ?? 0)}${peak}`,
    `work ${formatBytes(activationBytes ?? 0)}${scores}`,
    `runtime ${formatBytes(fit.overheadBytes)}`,
  ];
  const least =
    fit.lowTotalBytes !== null && fit.lowTotalBytes < 0.98 * totalBytes
      ? `${formatBytes(fit.lowTotalBytes)} to `
      : "";
  return `${least}${formatBytes(totalBytes)} of ${formatBytes(limitBytes)} at ${formatCount(fit.contextLength, "token")}${imagesText(fit, description)}: ${parts.join(" + ")}; ${longestText(fit, description)}`;
}

/** `, 2,048 of them for 2 images`. */
function imagesText({ imageTokens }: Fit, { vision }: ModelDescription): string {
  if (imageTokens === 0 || vision === null) return "";
  const images = formatCount(imageTokens / vision.tokensPerImage, "image");
  return `, ${formatNumber(imageTokens)} of them for ${images}`;
}

function longestText(fit: Fit, { contextLength }: ModelDescription): string {
  if (fit.maxContextLength === null) return "the longest context is unknown";
  if (fit.maxContextLength === 0) return "no context fits with room to spare";
  if (contextLength !== null && fit.contextLength > contextLength) {
    const made = `the model was made for ${formatCount(contextLength, "token")}`;
    return fit.maxContextLength === contextLength ? `${made}, which fit` : made;
  }
  if (fit.maxContextLength === contextLength) return "its whole context fits";
  return `up to ${formatCount(fit.maxContextLength, "token")} with room to spare`;
}

// The memory left to macOS: 8 GiB, and 16 GiB from 64 GiB of memory on.
function raiseText(fit: Fit, machine: Machine): string | undefined {
  const { totalBytes } = fit;
  const rest = machine.memoryBytes - (machine.memoryBytes >= 2 ** 36 ? 2 ** 34 : 2 ** 33);
  if (fit.verdict !== "no" || totalBytes === null || totalBytes > rest || !machine.isTarget) {
    return undefined;
  }
  return `it would fit below a higher limit: sudo sysctl iogpu.wired_limit_mb=${Math.ceil(totalBytes / 2 ** 20)} (until the next restart)`;
}

const sources = {
  live: "set with iogpu.wired_limit_mb",
  device_info: "as Metal says",
  assumed: "assumed",
} as const;

/** `Apple M4 Max · 64 GiB memory · GPU limit 51.5 GB (assumed)`. */
export function machineText(machine: Machine): string {
  // Memory is sold in binary units. Everything else here is decimal.
  const memory = `${Number((machine.memoryBytes / 2 ** 30).toFixed(1))} GiB memory`;
  const parts = [
    machine.chip ?? "unknown chip",
    memory,
    `GPU limit ${formatBytes(machine.wiredLimitBytes)} (${sources[machine.limitSource]})`,
    machine.pressure === null || machine.pressure === "normal"
      ? undefined
      : `memory pressure ${machine.pressure}`,
    machine.simulated
      ? "imagined"
      : machine.isTarget
        ? undefined
        : "no MLX target: computed as for a Mac with this memory; --memory 64G imagines another",
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

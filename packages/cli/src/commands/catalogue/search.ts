import type { CatalogueModel, ModelGroup } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, formatNumber } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { hubCacheOf } from "../cache/target.ts";
import { machineOf } from "../choose/judge-model.ts";
import { ageText } from "./age-text.ts";
import { find, type Found } from "./find.ts";
import { noteTo } from "./open.ts";

const defaultLimit = 20;

type Verdict = "yes" | "tight" | "no" | "unknown";

/** `mlx-download search`: models by words and filters, as a table, ids (`--quiet`) or JSON. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const query = queryOf(operands, flags);
  const [here, verdict] = await Promise.all([reposHere(flags, shell), judge(flags, query, shell)]);
  const found = await find(
    {
      query,
      limit: flags.limit ?? defaultLimit,
      group: flags.group,
      here,
      fits: (model) => ["yes", "tight"].includes(verdict?.(model) ?? "unknown"),
    },
    flags,
    shell,
  );
  const lower = new Set([...here].map((repoId) => repoId.toLowerCase()));
  const isHere = ({ repoId }: CatalogueModel): boolean => lower.has(repoId.toLowerCase());
  if (flags.quiet && !flags.json && !flags.events) {
    const names = found.groups?.map(({ base }) => base) ?? found.models.map(({ repoId }) => repoId);
    await shell.stdout.write(names.map((name) => `${printable(name)}\n`).join(""));
    return 0;
  }
  const body = {
    query,
    source: {
      kind: found.source,
      syncedAt: new Date(found.age.at).toISOString(),
      seed: found.age.source === "seed",
    },
    corrected: found.corrected,
    total: found.total,
    more: found.more,
    groups:
      found.groups?.map(({ base, models }) => ({
        base,
        downloads: downloadsOf(models),
        quantizations: quantizationsOf(models),
        models: models.map(({ repoId }) => repoId),
      })) ?? null,
    models: found.models.map((model) => ({
      ...json(model),
      here: isHere(model),
      fits: verdict?.(model) ?? "unknown",
    })),
  };
  const table = found.groups
    ? groupsTable(found.groups, { shell, isHere, verdict })
    : tableOf(found, { shell, isHere, verdict });
  await writeResult(body, table, { flags, shell });
  if (!flags.json && !flags.events) tell(found, flags, shell);
  return 0;
}

/** The words as one query. Options add the filters that they stand for. */
function queryOf(operands: readonly string[], flags: Flags): string {
  // The shell took the quotes of a phrase away.
  const words = operands.map((word) =>
    /\s/.test(word) && !/["<>]|^-?[\w-]+:/.test(word) && operands.length > 1 ? `"${word}"` : word,
  );
  if (flags.author !== undefined) words.push(`author:"${flags.author}"`);
  if (flags.fits || flags.memory !== undefined || flags.chip !== undefined) words.push("fits");
  return words.join(" ");
}

async function reposHere(flags: Flags, shell: Shell): Promise<ReadonlySet<string>> {
  const { listRepos } = await import("@mlx-download/cache");
  const repos = await listRepos(await hubCacheOf(flags, shell)).catch(() => []);
  return new Set(repos.filter(({ repoType }) => repoType === "model").map(({ repoId }) => repoId));
}

/** Reading the machine starts a program, so it is done only when a flag needs it. */
async function judge(
  flags: Flags,
  query: string,
  shell: Shell,
): Promise<((model: CatalogueModel) => Verdict) | undefined> {
  const wanted = flags.json || flags.events || /(?:^|\s)-?fits\b/i.test(query);
  if (!wanted) return undefined;
  const [{ estimateFit }, machine] = await Promise.all([
    import("@mlx-download/fit"),
    machineOf(flags, shell),
  ]);
  return ({ weightsBytes, parameters, weightsSource }) =>
    weightsBytes === null || weightsSource === null
      ? "unknown"
      : estimateFit(
          { bytes: weightsBytes, parameters, source: weightsSource, atMost: false },
          machine.wiredLimitBytes,
        );
}

function json(model: CatalogueModel): object {
  const { repoId, downloads, likes, modifiedAt, quantization, bits } = model;
  const { parameters, weightsBytes, license, task, arch, gated } = model;
  return {
    repoId,
    author: repoId.slice(0, repoId.indexOf("/")),
    downloads,
    likes,
    lastModified: modifiedAt === null ? null : new Date(modifiedAt).toISOString(),
    quantization,
    bits,
    parameters,
    weightsBytes,
    license,
    task,
    arch,
    gated: gated ?? false,
  };
}

interface TableOptions {
  readonly shell: Shell;
  readonly isHere: (model: CatalogueModel) => boolean;
  readonly verdict: ((model: CatalogueModel) => Verdict) | undefined;
}

function tableOf({ models }: Found, { shell, isHere, verdict }: TableOptions): string {
  if (models.length === 0) return "";
  return tableText(
    [
      { title: "MODEL" },
      { title: "ABOUT", align: "right" },
      ...(verdict ? [{ title: "FITS" }] : []),
      { title: "DOWNLOADS", align: "right", lesser: true },
      { title: "UPDATED", lesser: true },
      { title: "LICENSE", lesser: true },
      { title: "HERE" },
    ],
    models.map((model) => [
      printable(model.repoId),
      model.weightsBytes === null ? "" : formatBytes(model.weightsBytes),
      ...(verdict ? [verdict(model)] : []),
      formatNumber(model.downloads),
      model.modifiedAt === null ? "" : new Date(model.modifiedAt).toISOString().slice(0, 10),
      printable(model.license ?? ""),
      isHere(model) ? "here" : model.gated === null ? "" : "gated",
    ]),
    shell.stdoutStyle,
  );
}

const downloadsOf = (models: readonly CatalogueModel[]): number =>
  models.reduce((sum, { downloads }) => sum + downloads, 0);

/** Each quantization once, most bits first. */
const quantizationsOf = (models: readonly CatalogueModel[]): readonly string[] => [
  ...new Set(models.map(({ quantization }) => quantization ?? "unquantized")),
];

/** One row a base model. */
function groupsTable(
  groups: readonly ModelGroup[],
  { shell, isHere, verdict }: TableOptions,
): string {
  if (groups.length === 0) return "";
  return tableText(
    [
      { title: "BASE MODEL" },
      { title: "QUANTIZATIONS" },
      { title: "ABOUT", align: "right" },
      ...(verdict ? [{ title: "FIT" }] : []),
      { title: "DOWNLOADS", align: "right", lesser: true },
      { title: "HERE" },
    ],
    groups.map(({ base, models }) => {
      const sizes = models.flatMap(({ weightsBytes }) => weightsBytes ?? []);
      const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map(formatBytes);
      const fit = models.filter((model) => ["yes", "tight"].includes(verdict?.(model) ?? ""));
      const here = models.filter(isHere).length;
      return [
        printable(base),
        printable(quantizationsOf(models).join(", ")),
        sizes.length === 0 ? "" : least === most ? `${least}` : `${least} to ${most}`,
        ...(verdict ? [`${fit.length} of ${models.length}`] : []),
        formatNumber(downloadsOf(models)),
        here === 0 ? "" : here === 1 ? "here" : `${here} here`,
      ];
    }),
    shell.stdoutStyle,
  );
}

/** Notes about the answer: corrected words, the number of matches, the source and its age. */
function tell(found: Found, flags: Flags, shell: Shell): void {
  const { corrected, total, more, models, groups, age, source } = found;
  const note = noteTo(flags, shell);
  for (const [from, to] of Object.entries(corrected ?? {})) note(`Showing ${to} for ${from}.`);
  if (models.length === 0) note("No model matches.");
  else if (total > models.length) {
    const of = groups === null ? "" : `${formatCount(groups.length, "base model")} with `;
    note(
      `${of}${models.length} of ${more ? "more than " : ""}${formatNumber(total)}; --limit N shows more.`,
    );
  }
  if (source === "hub") {
    note(
      "From the Hub. mlx-download catalogue sync brings the list here: offline, and mistyped words find too.",
    );
  } else if (age.source === "seed") {
    const of = new Date(age.at).toISOString().slice(0, 10);
    note(
      `From the short list that ships with mlx-download (${of}); catalogue sync downloads the full one.`,
    );
  } else {
    const whole = age.source === "partial" ? ", not complete yet" : "";
    note(`From the catalogue of ${ageText(age.at)}${whole}.`);
  }
}

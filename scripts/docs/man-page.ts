import {
  commandGroups,
  type CommandSpec,
} from "../../packages/cli/src/command-line/command-spec.ts";
import { optionsOf } from "../../packages/cli/src/command-line/command-table.ts";
import { commandTable } from "../../packages/cli/src/commands/table.ts";
import type { FlagSpec } from "../../packages/cli/src/command-line/flags/flag-spec.ts";
import { flagSpecs } from "../../packages/cli/src/command-line/flags.ts";

const { specs: commandSpecs, commonFlags } = commandTable;

/** Text as roff prints it: no escape, no line that is taken for a request, dashes that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll(/^[.']/gmu, "\\&$&");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function option(spec: FlagSpec): string {
  const names = [spec.name, ...(spec.aliases ?? [])]
    .toSorted((one, other) => Number(other.length === 1) - Number(one.length === 1))
    .map((name) => `\\fB${roff(name.length === 1 ? `-${name}` : `--${name}`)}\\fR`)
    .join(", ");
  const value = spec.value === undefined ? "" : ` \\fI${roff(spec.value)}\\fR`;
  return `.TP\n${names}${value}\n${roff(sentence(spec.summary))}`;
}

function command(spec: CommandSpec): string {
  const usage = [spec.name === "get" ? "[get]" : spec.name, spec.usage, "[options]"];
  const parts = [
    `.SS ${roff(`mlx-download ${usage.filter(Boolean).join(" ")}`)}`,
    roff(sentence(spec.summary)),
  ];
  if (spec.aliases.length > 0) parts.push(`Also \\fB${roff(spec.aliases.join(", "))}\\fR.`);
  parts.push(...optionsOf(spec).map(option));
  for (const { line, purpose } of spec.examples)
    parts.push(`.PP\n${roff(sentence(purpose))}\n.PP\n.nf\n.RS 4\n${roff(line)}\n.RE\n.fi`);
  return [...parts, ...(spec.notes ?? []).map((note) => `.PP\n${roff(note)}`)].join("\n");
}

/** The man page mlx-download(1), from the command table; `exitCodes` is the page of that name. */
export function manPage(exitCodes: string): string {
  const codes = [...exitCodes.matchAll(/^\| (?<code>[\d, ]+?) *\| (?<meaning>[^|]+?) *\|/gmu)];
  const groups = commandGroups.flatMap((group) => {
    const specs = commandSpecs.filter((spec) => spec.group === group);
    return specs.length === 0
      ? []
      : [`.SH ${roff(group.toUpperCase())}\n${specs.map(command).join("\n")}`];
  });
  return `${[
    '.TH MLX-DOWNLOAD 1 "" "mlx-download" "User Commands"',
    `.SH NAME\nmlx\\-download \\- find, download, verify and manage MLX models of the Hugging Face Hub`,
    `.SH SYNOPSIS\n\\fBmlx\\-download\\fR \\fIorg/name\\fR[@\\fIrevision\\fR]... [\\fIoptions\\fR]\n.br\n\\fBmlx\\-download\\fR \\fIcommand\\fR [\\fIoptions\\fR]`,
    `.SH DESCRIPTION\n${roff("Downloads go on where they stopped, every byte is held against the Hub's digest, and the result lies in the Hugging Face cache that hf, mlx-lm and others share. Standard output holds data only; everything else goes to standard error.")}`,
    ...groups,
    `.SH OPTIONS OF EVERY COMMAND\n${[...commonFlags, "version" as const].map((key) => option(flagSpecs[key])).join("\n")}`,
    `.SH EXIT STATUS\n${codes.map(({ groups: found }) => `.TP\n${roff(found?.["code"] ?? "")}\n${roff(sentence(found?.["meaning"] ?? ""))}`).join("\n")}`,
    `.SH ENVIRONMENT\n${roff("HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and the other variables of the Python client count here too; MLX_DOWNLOAD_CONFIG names the configuration file, else ~/.config/mlx-download/config.json.")}`,
    `.SH SEE ALSO\n${roff("https://huggingface.co/docs/hub for the Hub itself.")}`,
  ].join("\n")}\n`;
}

import type { CatalogueStatus } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { type CardRow, renderCard } from "../../text/card.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { ageText } from "./age-text.ts";
import { withUserRegistry } from "./open.ts";

const iso = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();

function rows(status: CatalogueStatus): readonly CardRow[] {
  const { models, authors, age, bytes, path, fullAt, syncing, resumeAtPage } = status;
  if (age === null) {
    return [
      { label: "Catalogue", text: "none yet" },
      { label: "Next", text: "mlx-download catalogue sync brings it (--dry-run: what that costs)" },
    ];
  }
  const from = age.source === "seed" ? "comes with mlx-download, figures of" : "read";
  const state: readonly CardRow[] = [
    ...(resumeAtPage === null
      ? []
      : [
          {
            label: "Stopped",
            text: `after ${formatCount(resumeAtPage, "page")}; catalogue sync goes on`,
          },
        ]),
    ...(syncing ? [{ label: "Now", text: "another process synchronises it" }] : []),
  ];
  return [
    {
      label: "Catalogue",
      text: `${formatCount(models, "model")} of ${formatCount(authors, "author")}`,
    },
    { label: "Of", text: `${from} ${iso(age.at)?.slice(0, 10)} (${ageText(age.at)})` },
    ...(fullAt === null ? [] : [{ label: "Whole list", text: ageText(fullAt) }]),
    ...state,
    { label: "Hub", text: age.endpoint ?? "none asked yet" },
    { label: "File", text: `${path} (${formatBytes(bytes)})` },
  ];
}

/**
 * `mlx-download catalogue status`: describes the catalogue without a request. Returns the exit
 * code.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { catalogueStatus } = await import("@mlx-download/registry");
  const status = await withUserRegistry(flags, shell, catalogueStatus);
  const { age, fullAt, ...rest } = status;
  await writeResult(
    {
      ...rest,
      source: age?.source ?? null,
      syncedAt: iso(age?.at),
      endpoint: age?.endpoint ?? null,
      fullAt: iso(fullAt),
    },
    textOf(renderCard(rows(status), shell.stdoutStyle)),
    { flags, shell },
  );
  return 0;
}

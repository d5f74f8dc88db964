import type { ListSort, MLXModelEntry } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { createEstimator } from "./estimate-listed.ts";
import { withBackend } from "../refs/with-backend.ts";
import { formatNumber } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";

const defaultLimit = 50;

function row(model: MLXModelEntry, estimated: readonly string[] = []): string[] {
  const gated = model.gated === false ? "" : "gated";
  return [
    printable(model.repoId),
    ...estimated,
    formatNumber(model.downloads),
    formatNumber(model.likes),
    model.lastModified?.slice(0, 10) ?? "",
    model.private ? "private" : gated,
  ];
}

/** The ancestor's fields first, in its order. */
function entryJson(model: MLXModelEntry): Record<string, unknown> {
  const { repo_id, downloads, likes, tags, created_at, ...rest } = model;
  return { repo_id, downloads, likes, tags, created_at, ...rest };
}

/** `mlx-download list`: models of the Hub as a table, ids (`--quiet`) or JSON. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { listMLXModels } = await import("@mlx-download/core");
  const limit = flags.limit ?? defaultLimit;
  const token = await readToken(flags, shell);
  const note = (text: string): void => {
    if (!flags.quiet) shell.stderr.write(`${text}\n`);
  };
  const estimator = await createEstimator(flags, shell);
  const models = await withBackend(flags, shell, (backend) =>
    listMLXModels({
      filter: operands.length > 0 ? operands.join(" ") : flags.filter,
      author: flags.all ? "any" : flags.author,
      where: estimator?.where,
      counts: estimator?.counts,
      sort: flags.sort as ListSort | undefined,
      limit,
      ...token,
      endpoint: flags.endpoint,
      env: shell.env,
      signal: shell.interrupt.signal,
      backend,
      onEvent: hubNotices(flags, shell),
    }),
  );
  if (flags.json) {
    await writeJson(
      models.map((model) => ({ ...entryJson(model), ...estimator?.json(model) })),
      shell,
    );
  } else if (flags.quiet) {
    await shell.stdout.write(models.map(({ repoId }) => `${printable(repoId)}\n`).join(""));
  } else if (models.length === 0) {
    note(estimator?.none ?? "No model matches.");
  } else {
    const table = tableText(
      [
        { title: "MODEL" },
        ...(estimator?.columns ?? []),
        { title: "DOWNLOADS", align: "right", lesser: true },
        { title: "LIKES", align: "right", lesser: true },
        { title: "UPDATED", lesser: true },
        { title: "ACCESS" },
      ],
      models.map((model) => row(model, estimator?.cells(model))),
      shell.stdoutStyle,
    );
    await shell.stdout.write(table);
    if (estimator?.note !== undefined) note(estimator.note);
    if (models.length === limit) note(`The first ${limit}; --limit N shows more.`);
  }
  return 0;
}

import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import { say } from "../../shell/say.ts";
import type { Shell } from "../../shell/shell.ts";
import { displayWidth } from "../../text/display-width.ts";
import { formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import { tableText } from "../../text/table.ts";
import { markSeen, type OpenCollection, openCollection } from "./open.ts";

/** `mlx-download collection show`: the models of a collection. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const collection = await openCollection(word, flags, shell);
  const { listCachedModels } = await import("@mlx-download/core");
  const cached = await listCachedModels({ cacheDir: flags.cacheDir, env: shell.env });
  const here = new Set(cached.map(({ repoId }) => repoId));
  const refs = collection.models.map(({ ref }) => `${printable(ref)}\n`).join("");
  const text = flags.quiet ? refs : table(collection, here, shell);
  await writeResult(showJson(collection, here), text, { flags, shell });
  if (!flags.quiet && !flags.json) tell(collection, shell);
  await markSeen(collection, shell);
  return 0;
}

function showJson(collection: OpenCollection, here: ReadonlySet<string>): Record<string, unknown> {
  const { kind, name, title, description, lastUpdated, models, collections, others } = collection;
  const listed = models.map(({ repoId, ref, note, gated }) => {
    return { repoId, ref, note, gated, here: here.has(repoId) };
  });
  return { kind, name, title, description, lastUpdated, models: listed, collections, others };
}

function table({ models }: OpenCollection, here: ReadonlySet<string>, shell: Shell): string {
  if (models.length === 0) return "";
  const hasNotes = models.some(({ note }) => note !== null);
  return tableText(
    [
      { title: "MODEL" },
      { title: "HERE" },
      ...(hasNotes ? [{ title: "NOTE", lesser: true } as const] : []),
    ],
    models.map(({ repoId, ref, note, gated }) => [
      printable(ref),
      here.has(repoId) ? "yes" : gated === false ? "" : "gated",
      ...(hasNotes ? [printable(note ?? "").slice(0, 60)] : []),
    ]),
    shell.stdoutStyle,
  );
}

function tell(collection: OpenCollection, shell: Shell): void {
  const { name, title, lastUpdated, models, collections, others } = collection;
  const parts = [
    formatCount(models.length, "model"),
    ...(lastUpdated === null ? [] : [`updated ${lastUpdated.slice(0, 10)}`]),
    ...(others > 0 ? [`${others} other items`] : []),
    ...(collections.length > 0 ? [`in it: ${collections.join(", ")}`] : []),
  ];
  const mark = paint(shell.stderrStyle, "strong", printable(title));
  say(`: ${parts.join(", ")}`, shell, { mark, width: displayWidth(printable(title)) });
  // Not broken, so that it can be copied.
  const whole = `mlx-download get collection:${name}`;
  if (models.length > 0) shell.stderr.write(`Next: ${printable(whole)}\n`);
}

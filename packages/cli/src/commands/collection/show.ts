import type { Invocation } from "../../command-line/command-spec.ts";
import { say } from "../../shell/say.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatCount } from "../../text/format.ts";
import { displayWidth } from "../../text/display-width.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import { tableText } from "../../text/table.ts";
import { askOptions, openCollection } from "./open.ts";

/** `mlx-download collection show`: the models of a collection. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const collection = await openCollection(word, flags, shell);
  const { kind, name, title, description, lastUpdated, models, collections, others } = collection;
  const { listCachedModels } = await import("@mlx-download/core");
  const cached = await listCachedModels({ cacheDir: flags.cacheDir, env: shell.env });
  const here = new Set(cached.map(({ repoId }) => repoId));
  if (kind === "hub") await markSeen(name);
  const body = {
    kind,
    name,
    title,
    description,
    lastUpdated,
    models: models.map(({ repoId, ref, note, gated }) => ({
      repoId,
      ref,
      note,
      gated,
      here: here.has(repoId),
    })),
    collections,
    others,
  };
  const refs = models.map(({ ref }) => `${printable(ref)}\n`).join("");
  await writeResult(body, flags.quiet ? refs : table(), { flags, shell });
  if (!flags.quiet && !flags.json) {
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
  return 0;

  function table(): string {
    if (models.length === 0) return "";
    return tableText(
      [{ title: "MODEL" }, { title: "HERE" }, { title: "NOTE", lesser: true }],
      models.map(({ repoId, ref, note, gated }) => [
        printable(ref),
        here.has(repoId) ? "yes" : gated === false ? "" : "gated",
        printable(note ?? "").slice(0, 60),
      ]),
      shell.stdoutStyle,
    );
  }

  /** What came and went is no news any more. */
  async function markSeen(slug: string): Promise<void> {
    const { followCollection, listFollowed } = await import("@mlx-download/project");
    const options = { env: shell.env, offline: true };
    const followed = await listFollowed(options);
    const one = followed.find((other) => other.slug === slug);
    if (one === undefined || one.added.length + one.removed.length === 0) return;
    const { readCollection } = await import("@mlx-download/core");
    await followCollection(await readCollection(slug, await askOptions(flags, shell)), options);
  }
}

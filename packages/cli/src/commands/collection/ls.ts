import type { Invocation } from "../../command-line/command-spec.ts";
import { say } from "../../shell/say.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { askOptions } from "./open.ts";

/** `mlx-download collection ls`: local collections and followed ones. Returns the exit code. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { listFollowed, listLocalCollections } = await import("@mlx-download/project");
  const [local, followed] = await Promise.all([
    listLocalCollections({ env: shell.env }),
    listFollowed(await askOptions(flags, shell)),
  ]);
  const collections = [
    ...local.map(({ name, manifest }) => ({
      kind: "local",
      name,
      title: name,
      models: manifest.models.size,
      lastUpdated: null,
      added: [],
      removed: [],
    })),
    ...followed.map(({ slug, title, models, lastUpdated, added, removed }) => ({
      kind: "hub",
      name: slug,
      title,
      models: models.length,
      lastUpdated,
      added,
      removed,
    })),
  ];
  const text = flags.quiet
    ? collections.map(({ name }) => `${printable(name)}\n`).join("")
    : collections.length === 0
      ? ""
      : tableText(
          [
            { title: "COLLECTION" },
            { title: "MODELS", align: "right" },
            { title: "UPDATED", lesser: true },
            { title: "CHANGES" },
          ],
          collections.map(({ name, models, lastUpdated, added, removed }) => [
            printable(name),
            String(models),
            lastUpdated?.slice(0, 10) ?? "",
            changesText(added.length, removed.length),
          ]),
          shell.stdoutStyle,
        );
  await writeResult({ collections }, text, { flags, shell });
  if (collections.length === 0 && !flags.quiet && !flags.json) {
    say(
      "There are no collections. mlx-download collection add NAME org/name makes one, collection follow owner/title-id follows one of the Hub.",
      shell,
    );
  }
  return 0;
}

function changesText(added: number, removed: number): string {
  const parts = [
    ...(added > 0 ? [`${added} new`] : []),
    ...(removed > 0 ? [`${removed} gone`] : []),
  ];
  return parts.join(", ");
}

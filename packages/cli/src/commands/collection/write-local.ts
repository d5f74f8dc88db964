import type { LocalCollection } from "@mlx-download/project";
import type { Flags } from "../../command-line/flags.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";

/** Writes the current models of a local collection, a ref a line. */
export async function writeLocal(
  { name, path, manifest }: LocalCollection,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<void> {
  const models = [...manifest.models.values()].map(({ ref }) => ref);
  const text = models.map((ref) => `${printable(ref)}\n`).join("");
  await writeResult({ name, path, models }, text, { flags, shell });
}

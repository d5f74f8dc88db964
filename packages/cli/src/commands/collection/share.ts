import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { openCollection } from "./open.ts";

/** `mlx-download collection share`: prints a manifest. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const { formatManifest } = await import("@mlx-download/registry");
  const { name, models } = await openCollection(word, flags, shell);
  const aliases = new Map<string, (typeof models)[number]["model"]>();
  for (const { repoId, model } of models) {
    const own = repoId.slice(repoId.indexOf("/") + 1).slice(0, 60);
    let alias = own;
    for (let at = 2; aliases.has(alias); at += 1) alias = `${own}.${at}`;
    aliases.set(alias, model);
  }
  const text = formatManifest({ models: aliases });
  const document: unknown = JSON.parse(text);
  await writeResult({ name, document }, text, { flags, shell });
  return 0;
}

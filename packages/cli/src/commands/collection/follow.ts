import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { askOptions } from "./open.ts";

/** `mlx-download collection follow`. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const [{ readCollection }, { followCollection }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/project"),
  ]);
  const options = await askOptions(flags, shell);
  const { slug, title, models } = await followCollection(
    await readCollection(word, options),
    options,
  );
  const text = `Following ${title} (${slug}): ${formatCount(models.length, "model")}`;
  const line = flags.quiet ? "" : `${printable(text)}\n`;
  await writeResult({ name: slug, title, models }, line, { flags, shell });
  return 0;
}

import { readFile } from "node:fs/promises";
import type { Invocation } from "../../command-line/command-spec.ts";
import { suggest } from "../../command-line/suggest.ts";
import { usage } from "../../command-line/usage.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

const files: ReadonlyMap<string, () => URL> = new Map([
  ["output", () => new URL("../../../schema/output.schema.json", import.meta.url)],
  ["events", () => new URL("../../../schema/events.schema.json", import.meta.url)],
]);

/** `mlx-download schema`: prints the JSON Schema of what the command writes, for programs that read it. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [name = ""] = operands;
  const file = files.get(name);
  if (file === undefined) {
    const meant = suggest(name, files.keys());
    throw usage(
      `there is no schema for "${name}"`,
      meant === undefined ? "There is output and events." : `Did you mean ${meant}?`,
    );
  }
  const text = await readFile(file(), "utf8");
  const jsonSchema = JSON.parse(text) as unknown;
  await writeResult({ name, jsonSchema }, text, { flags, shell });
  return 0;
}

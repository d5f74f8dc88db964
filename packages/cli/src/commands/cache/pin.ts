import type { Pin } from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import { jsonText } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { renderTable } from "../../text/table.ts";
import { hubCacheOf, readTarget } from "./target.ts";

/** `mlx-download cache pin`: pins what is named, or lists the pins. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { listPins, pinModel, repoLayout } = await import("@mlx-download/cache");
  const cacheDir = await hubCacheOf(flags, shell);
  const targets = await Promise.all(operands.map((word) => readTarget(word, flags)));
  const pins: Pin[] = [];
  for (const { repoId, repoType, revision } of targets)
    pins.push(await pinModel(repoLayout(cacheDir, repoId, repoType), revision));
  const shown = operands.length > 0 ? pins : await listPins(cacheDir);
  if (flags.json) {
    const body = { schema: 1, cacheDir, pins: shown };
    await shell.stdout.write(jsonText(body, shell.stdoutColumns !== undefined));
    return 0;
  }
  if (operands.length > 0) {
    if (!flags.quiet)
      for (const { repoId, revision } of pins)
        shell.stderr.write(`Pinned ${printable(repoId)} at ${printable(revision)}\n`);
    return 0;
  }
  if (shown.length === 0) {
    if (!flags.quiet) shell.stderr.write("Nothing is pinned.\n");
    return 0;
  }
  const table = renderTable(
    [
      { title: "MODEL", flexible: true },
      { title: "REVISION", flexible: true },
      { title: "COMMIT" },
      { title: "PINNED" },
    ],
    shown.map(({ repoId, revision, commit, pinnedAt }) => [
      printable(repoId),
      printable(revision),
      commit === null ? "gone" : shortCommit(commit),
      new Date(pinnedAt).toISOString().slice(0, 10),
    ]),
    { ...shell.stdoutStyle, columns: shell.stdoutColumns },
  );
  await shell.stdout.write(`${table.join("\n")}\n`);
  return 0;
}

import type { Pin } from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { hubCacheOf, readTarget } from "./target.ts";

/** `mlx-download cache pin`: pins the named models, or lists the pins. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { listPins, pinModel, repoLayout } = await import("@mlx-download/cache");
  const cacheDir = await hubCacheOf(flags, shell);
  const targets = await Promise.all(operands.map((word) => readTarget(word, flags, shell)));
  const pins: Pin[] = [];
  for (const { repoId, repoType, revision } of targets)
    pins.push(await pinModel(repoLayout(cacheDir, repoId, repoType), revision));
  const shown = operands.length > 0 ? pins : await listPins(cacheDir);
  if (!flags.quiet && !flags.json) {
    for (const { repoId, revision } of pins)
      shell.stderr.write(`Pinned ${printable(repoId)} at ${printable(revision)}\n`);
    if (shown.length === 0) shell.stderr.write("Nothing is pinned.\n");
  }
  const listed = operands.length === 0 && shown.length > 0;
  const text = listed ? pinTable(shown, shell) : "";
  await writeResult({ cacheDir, pins: shown }, text, { flags, shell });
  return 0;
}

function pinTable(pins: readonly Pin[], { stdoutStyle }: Shell): string {
  return tableText(
    [
      { title: "MODEL" },
      { title: "REVISION" },
      { title: "COMMIT", lesser: true },
      { title: "PINNED", lesser: true },
    ],
    pins.map(({ repoId, revision, commit, pinnedAt }) => [
      printable(repoId),
      printable(revision),
      commit === null ? "gone" : shortCommit(commit),
      new Date(pinnedAt).toISOString().slice(0, 10),
    ]),
    stdoutStyle,
  );
}

import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import { writeResult } from "../../shell/result.ts";
import { findHome } from "../../shell/home.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { hubCacheOf, readStored, readTarget } from "./target.ts";
import { copying } from "./copying.ts";
import { renewView, viewsHere } from "./views-here.ts";

/** The folder that the program looks into. */
async function rootOf(flags: Flags, shell: Shell): Promise<string> {
  if (flags.to !== undefined) return flags.to;
  const home = findHome(shell.env);
  const { janModels, lmStudioModels } = await import("@mlx-download/cache");
  if (home !== undefined) {
    if (flags.layout === "lmstudio") return await lmStudioModels(home);
    if (flags.layout === "jan") return await janModels(home, shell.env);
  }
  throw usage(
    "nothing says where the view belongs",
    "Add --to FOLDER, or --layout lmstudio or jan.",
  );
}

async function showAll(cacheDir: string, flags: Flags, shell: Shell): Promise<void> {
  const { scanCache } = await import("@mlx-download/cache");
  const views = await viewsHere(cacheDir, (await scanCache(cacheDir)).repos);
  if (flags.json || flags.events) {
    await writeResult({ cacheDir, views }, "", { flags, shell });
    return;
  }
  if (views.length === 0) {
    if (!flags.quiet) shell.stderr.write("There are no views.\n");
    return;
  }
  const table = tableText(
    [
      { title: "MODEL" },
      { title: "COMMIT", lesser: true },
      { title: "HOW", lesser: true },
      { title: "STATE" },
      { title: "PATH" },
    ],
    views.map(({ repoId, commit, method, missing, path }) => [
      printable(repoId),
      shortCommit(commit),
      method,
      missing.length === 0 ? "" : `${formatCount(missing.length, "file")} missing`,
      printable(path),
    ]),
    shell.stdoutStyle,
  );
  await shell.stdout.write(table);
  if (flags.quiet) return;
  for (const view of views.filter(({ missing }) => missing.length > 0))
    shell.stderr.write(
      printable(
        `${view.missing[0]} is missing from ${view.path}. Make it again: ${renewView(view)}`,
      ) + "\n",
    );
}

/** `mlx-download cache view`: makes, renews, removes or lists views. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const cacheDir = await hubCacheOf(flags, shell);
  const [word] = operands;
  if (word === undefined) {
    await showAll(cacheDir, flags, shell);
    return 0;
  }
  const target = await readTarget(word, flags, shell);
  const { makeView, removeView, viewPath } = await import("@mlx-download/cache");
  const program = flags.layout ?? "org/name";
  const path = viewPath(await rootOf(flags, shell), target.repoId, program);
  if (flags.remove) {
    const { repoId, gone } = await removeView(cacheDir, path);
    if (!flags.quiet)
      shell.stderr.write(
        gone ? `Removed ${path}\n` : `Removed our files. Other files in ${path} stay.\n`,
      );
    await writeResult({ repoId, path, gone }, "", { flags, shell });
    return 0;
  }
  const { layout, snapshot } = await readStored(target, cacheDir);
  const view = await copying(
    (options) => makeView(layout, snapshot, { ...options, target: path, program }),
    {
      flags,
      shell,
      stopped: () => `${path} is unchanged, and the cache still has the model.`,
    },
  );
  shell.record.view(target.repoId);
  if (!flags.quiet && view.method === "copy")
    shell.stderr.write("The files are copies: this disk cannot share them with the cache.\n");
  await writeResult({ repoId: target.repoId, ...view }, `${view.path}\n`, { flags, shell });
  return 0;
}

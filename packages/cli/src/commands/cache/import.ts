import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import type { CopyOptions, Imported, ImportedAs } from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { hubCacheOf, readTarget } from "./target.ts";
import { exportedFolders, importSeveral } from "./import-several.ts";
import { copying } from "./copying.ts";

/** The name of the imported model, for sources that do not record it. */
async function nameOf(
  word: string | undefined,
  flags: Flags,
  shell: Shell,
): Promise<ImportedAs | undefined> {
  return word === undefined ? undefined : await readTarget(word, flags, shell);
}

async function bringIn(
  from: string,
  { cacheDir, as, shell }: { cacheDir: string; as: ImportedAs | undefined; shell: Shell },
  options: CopyOptions,
): Promise<Imported> {
  const { importFolder, importTar } = await import("@mlx-download/cache");
  if (from === "-") {
    if (shell.stdin.isTTY)
      throw usage(
        "nothing comes in on standard input",
        "Send an archive: … | mlx-download cache import -",
      );
    // A sender that hangs would keep Ctrl-C waiting.
    const source = addAbortSignal(shell.interrupt.signal, shell.stdin);
    return await importTar(cacheDir, source, options);
  }
  const stats = await stat(from).catch(() => undefined);
  if (stats === undefined)
    throw usage(`${from} does not exist`, "Name a folder or an archive that cache export made.");
  return stats.isDirectory()
    ? await importFolder(cacheDir, resolve(from), { ...options, as })
    : await importTar(cacheDir, createReadStream(from, { highWaterMark: 1 << 20 }), options);
}

function whatIsMissing({ repoId, repoType, commit, complete, ref }: Imported): string {
  const what =
    complete === null
      ? "The import has no listing, so it is unknown whether these are all files of its commit"
      : "Its commit has files that are not here";
  if (repoType !== "model") return `${what}.`;
  const at = ref === "main" ? "" : `@${ref ?? commit}`;
  return `${what}: mlx-download ${printable(repoId)}${at} downloads the missing files.`;
}

/** `mlx-download cache import`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [from = "", word] = operands;
  const where = {
    cacheDir: await hubCacheOf(flags, shell),
    as: await nameOf(word, flags, shell),
    shell,
  };
  const several = word === undefined && from !== "-" ? await exportedFolders(resolve(from)) : [];
  if (several.length > 0)
    return importSeveral(resolve(from), several, { cacheDir: where.cacheDir, flags, shell });
  const imported = await copying((options) => bringIn(from, where, options), {
    flags,
    shell,
    stopped: () => "Nothing of it is in the cache that was not there before.",
  });
  const { repoId, path, files, bytes, ref } = imported;
  if (!flags.quiet) {
    const fresh = bytes === 0 ? "all here already" : `${formatBytes(bytes)} of them new`;
    shell.stderr.write(
      `${printable(repoId)}: ${formatCount(files, "file")}, ${fresh}, all verified.\n`,
    );
    if (imported.complete !== true) shell.stderr.write(`${whatIsMissing(imported)}\n`);
    if (ref === null)
      shell.stderr.write(`No ref points at it; use ${printable(repoId)}@${imported.commit}.\n`);
  }
  await writeResult({ ...imported }, `${path}\n`, { flags, shell });
  return 0;
}

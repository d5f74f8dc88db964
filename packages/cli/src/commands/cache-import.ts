import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Imported } from "@mlx-download/cache";
import type { Invocation } from "../command-line/command-spec.ts";
import { usage } from "../command-line/usage.ts";
import { jsonText } from "../output.ts";
import type { Shell } from "../shell.ts";
import { formatBytes, formatCount } from "../text/format.ts";
import { printable } from "../text/printable.ts";
import { hubCacheOf } from "./cache-target.ts";

async function bringIn(from: string, cacheDir: string, shell: Shell): Promise<Imported> {
  const { importFolder, importTar } = await import("@mlx-download/cache");
  const { signal } = shell.interrupt;
  if (from === "-") {
    if (shell.stdin.isTTY)
      throw usage(
        "nothing comes in on standard input",
        "Send an archive: … | mlx-download cache import -",
      );
    return await importTar(cacheDir, shell.stdin, { signal });
  }
  const stats = await stat(from).catch(() => undefined);
  if (stats === undefined)
    throw usage(`${from} does not exist`, "Name a folder or an archive that cache export made.");
  return stats.isDirectory()
    ? await importFolder(cacheDir, from, { signal })
    : await importTar(cacheDir, createReadStream(from, { highWaterMark: 1 << 20 }), { signal });
}

/** `mlx-download cache import`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const imported = await bringIn(operands[0] ?? "", await hubCacheOf(flags, shell), shell);
  const { repoId, path, files, bytes, ref } = imported;
  if (!flags.quiet) {
    const fresh = bytes === 0 ? "all here already" : `${formatBytes(bytes)} of them new`;
    shell.stderr.write(
      `${printable(repoId)}: ${formatCount(files, "file")}, ${fresh}, all proved.\n`,
    );
    if (ref === null)
      shell.stderr.write(`No ref points at it; use ${printable(repoId)}@${imported.commit}.\n`);
  }
  await shell.stdout.write(
    flags.json
      ? jsonText({ schema: 1, ...imported }, shell.stdoutColumns !== undefined)
      : `${path}\n`,
  );
  return 0;
}

import { resolve } from "node:path";
import type { Exported } from "@mlx-download/cache";
import type { Invocation } from "../command-line/command-spec.ts";
import { usage } from "../command-line/usage.ts";
import { jsonText } from "../output.ts";
import type { Shell } from "../shell.ts";
import { formatBytes, formatCount } from "../text/format.ts";
import { hubCacheOf, readStored, readTarget } from "./cache-target.ts";

async function pour(
  pieces: AsyncGenerator<Uint8Array, Exported>,
  { stdout }: Shell,
): Promise<Exported> {
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return value;
    await stdout.write(value);
  }
}

/** `mlx-download cache export`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { to } = flags;
  if (to === undefined)
    throw usage("nothing says where to export to", "Add --to FOLDER, --to FILE.tar or --to=-.");
  if (to === "-" && flags.json)
    throw usage("standard output cannot hold both the archive and JSON", "Leave out --json.");
  if (to === "-" && shell.stdoutColumns !== undefined)
    throw usage(
      "an archive is not for a terminal",
      "Send it somewhere: … --to=- | ssh …, or --to FILE.tar.",
    );
  const target = await readTarget(operands[0] ?? "", flags);
  const { exportArchive, exportFolder, exportTar } = await import("@mlx-download/cache");
  const { layout, snapshot } = await readStored(target, await hubCacheOf(flags, shell));
  const { signal } = shell.interrupt;
  let exported: Exported;
  let path: string | null = resolve(to);
  if (to === "-") {
    path = null;
    exported = await pour(exportTar(layout, snapshot, { signal }), shell);
  } else if (/\.tar$/i.test(to)) {
    exported = await exportArchive(layout, snapshot, { target: path, signal });
  } else {
    exported = await exportFolder(layout, snapshot, { target: path, signal });
  }
  const { files, bytes } = exported;
  if (!flags.quiet)
    shell.stderr.write(
      `Exported ${formatCount(files, "file")}, ${formatBytes(bytes)}, all proved.\n`,
    );
  if (path === null) return 0;
  const { repoId } = target;
  const body = { schema: 1, repoId, commit: snapshot.commit, path, files, bytes };
  await shell.stdout.write(
    flags.json ? jsonText(body, shell.stdoutColumns !== undefined) : `${path}\n`,
  );
  return 0;
}

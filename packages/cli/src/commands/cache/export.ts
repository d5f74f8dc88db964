import { resolve } from "node:path";
import type { Exported } from "@mlx-download/cache";
import type { Invocation } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import { CliError } from "../../failure/cli-error.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { hubCacheOf, readStored, readTarget } from "./target.ts";
import { copying } from "./copying.ts";

async function pour(
  pieces: AsyncGenerator<Uint8Array, Exported>,
  { stdout }: Shell,
): Promise<Exported> {
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return value;
    await stdout.write(value);
    if (stdout.closed)
      throw new CliError(
        "the reader of the archive closed it before its end",
        "cli/output-failed",
        {
          hint: "Check the program that reads the archive, and run both again.",
        },
      );
  }
}

/** `mlx-download cache export`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { to } = flags;
  if (to === undefined)
    throw usage("nothing says where to export to", "Add --to FOLDER, --to FILE.tar or --to=-.");
  if (to === "-" && (flags.json || flags.events)) {
    const also = flags.json ? "--json" : "--events";
    throw usage("standard output cannot hold both the archive and JSON", `Leave out ${also}.`);
  }
  if (to === "-" && shell.stdoutStyle.columns !== undefined)
    throw usage(
      "an archive is not for a terminal",
      "Send it somewhere: … --to=- | ssh …, or --to FILE.tar.",
    );
  if (operands.length > 1) {
    if (to === "-") throw usage("an archive holds one model", "Name a folder: --to DIR.");
    const { exportSeveral } = await import("./export-several.ts");
    const { expandHome: expand } = await import("@mlx-download/cache");
    return exportSeveral(operands, resolve(expand(to, shell.env)), { flags, shell });
  }
  const target = await readTarget(operands[0] ?? "", flags, shell);
  const { expandHome, exportArchive, exportFolder, exportTar } =
    await import("@mlx-download/cache");
  const { layout, snapshot } = await readStored(target, await hubCacheOf(flags, shell));
  const path = to === "-" ? null : resolve(expandHome(to, shell.env));
  const isFolder = path !== null && !/\.tar$/i.test(path);
  const exported = await copying(
    async (options): Promise<Exported> => {
      if (path === null) return await pour(exportTar(layout, snapshot, options), shell);
      return /\.tar$/i.test(path)
        ? await exportArchive(layout, snapshot, { ...options, target: path })
        : await exportFolder(layout, snapshot, { ...options, target: path, resume: true });
    },
    {
      flags,
      shell,
      goesOn: isFolder,
      stopped: () =>
        path === null
          ? "The archive ends without its end, so no import takes it."
          : isFolder
            ? "What was copied stays beside it, hidden."
            : `Nothing of this export is at ${path}, and the cache still has the model.`,
    },
  );
  const { files, bytes } = exported;
  if (!flags.quiet)
    shell.stderr.write(
      `Exported ${formatCount(files, "file")}, ${formatBytes(bytes)}, all verified.\n`,
    );
  if (path === null) return 0;
  const { repoId } = target;
  const body = { repoId, commit: snapshot.commit, path, files, bytes };
  await writeResult(body, `${path}\n`, { flags, shell });
  return 0;
}

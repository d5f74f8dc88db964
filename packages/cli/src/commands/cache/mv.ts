import { resolve } from "node:path";
import type { Invocation } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import { confirm } from "../../shell/ask.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { hubCacheOf, readTarget } from "./target.ts";
import { copying } from "./copying.ts";

/** `mlx-download cache mv`: models, or the cache as a whole, which it asks for. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  if (flags.to === undefined)
    throw usage("nothing says where to move to", "Add --to FOLDER: the cache on the other disk.");
  const { expandHome, moveCache, moveRepo, repoLayout, scanCache } =
    await import("@mlx-download/cache");
  const to = resolve(expandHome(flags.to, shell.env));
  const cacheDir = await hubCacheOf(flags, shell);
  const targets = await Promise.all(operands.map((word) => readTarget(word, flags, shell)));
  const pinpointed = targets.find(({ revision }) => revision !== undefined);
  if (pinpointed !== undefined)
    throw usage(
      "a model moves with all its revisions",
      `Write ${pinpointed.repoId} without @${pinpointed.revision}.`,
    );
  const moved: { repoId: string | null; path: string; link: string | null }[] = [];
  if (targets.length === 0) {
    const { sizeOnDisk } = await scanCache(cacheDir);
    const question = `Move the whole cache ${cacheDir} (${formatBytes(sizeOnDisk)}) to ${to}?`;
    if (!flags.yes && !(await confirm(question, shell))) {
      if (!flags.quiet) shell.stderr.write("Nothing was moved.\n");
      return 0;
    }
    const stopped = (): string =>
      `The cache is unchanged. The files copied so far are in ${to}.moving.`;
    const cache = await copying((options) => moveCache(cacheDir, to, options), {
      flags,
      shell,
      stopped,
      goesOn: true,
    });
    moved.push({ repoId: null, ...cache });
  }
  for (const [at, { repoId, repoType }] of targets.entries()) {
    const before = at === 0 ? "" : `${formatCount(at, "model")} moved. `;
    const stopped = (): string =>
      `${before}${printable(repoId)} is unchanged. The files copied so far are in ${to}.`;
    moved.push(
      await copying((options) => moveRepo(repoLayout(cacheDir, repoId, repoType), to, options), {
        flags,
        shell,
        stopped,
        goesOn: true,
      }),
    );
  }
  for (const { repoId, path, link } of flags.quiet ? [] : moved) {
    const what = repoId === null ? "The cache" : printable(repoId);
    const also = link === null ? "" : `; a link stays at ${link}`;
    shell.stderr.write(`${what} is at ${path} now${also}\n`);
  }
  const paths = moved.map(({ path }) => `${path}\n`).join("");
  await writeResult({ cacheDir, moved }, paths, { flags, shell });
  return 0;
}

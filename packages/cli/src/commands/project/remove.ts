import { RegistryError } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import { say } from "../../shell/say.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatCount } from "../../text/format.ts";
import { hubCacheOf } from "../cache/target.ts";
import { projectFolder } from "./project-folder.ts";

/** `mlx-download remove`: takes models out of the project. Their files stay. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [{ removeModels }, { repoLayout, snapshotDir }] = await Promise.all([
    import("@mlx-download/project"),
    import("@mlx-download/cache"),
  ]);
  const folder = await projectFolder(flags);
  const { env, interrupt } = shell;
  const aliases = [...new Set(operands)];
  const removed = await removeModels(folder, aliases, { env, signal: interrupt.signal }).catch(
    (error: unknown) => {
      throw towardsCache(error);
    },
  );
  const cacheDir = await hubCacheOf(flags, shell);
  const models = aliases.map((alias) => {
    const model = removed.get(alias);
    if (model === undefined) return { alias, repoId: null, commit: null, path: null };
    const { repoId, commit } = model;
    return { alias, repoId, commit, path: snapshotDir(repoLayout(cacheDir, repoId), commit) };
  });
  await writeResult({ models }, textOf(models.flatMap(({ path }) => path ?? [])), { flags, shell });
  if (!flags.quiet && !flags.json && !flags.events) {
    const what = formatCount(models.length, "model");
    const [first] = models;
    const next = first?.repoId ? ` (mlx-download cache rm ${first.repoId} removes them)` : "";
    say(`Removed ${what} from the project. The files stay in the cache${next}.`, shell);
  }
  return 0;
}

/** Those who remove a model from this disk want the cache's command. */
function towardsCache(error: unknown): unknown {
  if (!(error instanceof RegistryError) || error.code !== "lock/no-manifest") return error;
  const { message, code, data } = error;
  return new RegistryError(message, code, {
    hint: "mlx-download cache rm org/name removes a model from this disk.",
    data,
  });
}

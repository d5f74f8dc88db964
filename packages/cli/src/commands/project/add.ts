import type { AddedModel } from "@mlx-download/project";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { watched } from "../download/watched.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { bringOptions } from "./bring-options.ts";
import { projectFolder } from "./project-folder.ts";
import { reportModels } from "./report.ts";

/** `chat=org/name@rev` → the alias and the ref. An address has no alias before its first `=`. */
function readAdded(word: string): AddedModel {
  const [, alias, ref] = /^([A-Za-z0-9][\w.-]*)=(.+)$/.exec(word) ?? [];
  return alias === undefined || ref === undefined ? { ref: word } : { alias, ref };
}

/** `mlx-download add`: downloads models and adds them to the project. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { addModels } = await import("@mlx-download/project");
  const options = await bringOptions(flags, shell);
  const given = operands.map(readAdded);
  const token = { token: options.token || undefined, tokenSource: options.tokenSource };
  const refs = await wholeRefs(
    given.map(({ ref }) => ref),
    { flags, token },
    shell,
  );
  const added = given.map(({ alias }, at): AddedModel => ({ alias, ref: refs[at] ?? "" }));
  const folder = await projectFolder(flags);
  const report = await watched(refs, { flags, shell }, (onEvent) =>
    addModels(folder, added, {
      ...options,
      include: flags.include,
      exclude: flags.exclude,
      preset: flags.preset,
      optional: flags.optional,
      onEvent,
    }),
  );
  const done = report.models.length > 0;
  const lines = done ? [`Added to mlx-models.json and mlx-models.lock in ${folder}.`] : [];
  return reportModels(report, { lines }, { flags, shell });
}

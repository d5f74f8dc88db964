import { findCached } from "@mlx-download/core/find-cached";
import type { Invocation } from "../../command-line/command-spec.ts";
import { CliError } from "../../failure/cli-error.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { refuseTwoRevisions, selectionOf } from "../refs/selection.ts";

/** `mlx-download path`: the snapshot's path when it is complete in the cache; no request is made. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [ref = ""] = operands;
  await refuseTwoRevisions(ref, flags);
  const found = await findCached(ref, {
    ...selectionOf(flags),
    env: shell.env,
    offline: true,
    token: false,
    signal: shell.interrupt.signal,
  });
  if (found === undefined)
    throw new CliError(`${ref} is not complete in the cache`, "cli/not-cached", {
      hint: `Download it: mlx-download ${ref}`,
      data: { ref },
    });
  const { repoId, commit, path } = found;
  await writeResult({ repoId, commit, path }, `${path}\n`, { flags, shell });
  return 0;
}

import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";

/** `mlx-download collection unfollow`. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const [{ ModelDownloadError, parseCollectionRef }, { unfollowCollection }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/project"),
  ]);
  const name = parseCollectionRef(word);
  if (!(await unfollowCollection(name, { env: shell.env }))) {
    throw new ModelDownloadError(`${name} is not followed`, "collection/not-found", {
      hint: "mlx-download collection ls lists the followed ones.",
      data: { slug: name },
    });
  }
  const text = flags.quiet ? "" : `${printable(`${name} is not followed any more`)}\n`;
  await writeResult({ name }, text, { flags, shell });
  return 0;
}

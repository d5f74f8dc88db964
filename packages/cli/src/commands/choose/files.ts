import { planModel } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { refuseTwoRevisions, selectionOf } from "../refs/selection.ts";

const here = { keep: "yes", resume: "partly", copy: "no", fetch: "no" } as const;

/** `mlx-download files`: the listing of a model, as the Hub (offline: the cache) has it. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const token = await readToken(flags, shell);
  const [ref = ""] = await wholeRefs(operands, { flags, token }, shell);
  await refuseTwoRevisions(ref, flags, shell);
  const plan = await planModel(ref, {
    ...selectionOf(flags),
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    token,
    env: shell.env,
    signal: shell.interrupt.signal,
  });
  const { repoId, revision, commit, files, bytes } = plan;
  if (flags.json) {
    const listed = files.map(({ path, size, digest, action }) => ({
      path,
      size,
      digest,
      cached: action === "keep",
    }));
    const body = { schema: 1, repoId, revision, commit, size: bytes.total, files: listed };
    await writeJson(body, shell);
    return 0;
  }
  if (flags.quiet) {
    await shell.stdout.write(files.map(({ path }) => `${printable(path)}\n`).join(""));
    return 0;
  }
  const table = tableText(
    [
      { title: "FILE" },
      { title: "SIZE", align: "right" },
      { title: "HERE" },
      { title: "DIGEST", lesser: true },
    ],
    files.map(({ path, size, digest, action }) => [
      printable(path),
      formatBytes(size),
      here[action],
      shell.stdoutStyle.columns === undefined ? digest : digest.slice(0, digest.indexOf(":") + 13),
    ]),
    shell.stdoutStyle,
  );
  await shell.stdout.write(table);
  shell.stderr.write(
    `${printable(repoId)} @ ${shortCommit(commit)}: ${formatCount(files.length, "file")}, ${formatBytes(bytes.total)}\n`,
  );
  return 0;
}

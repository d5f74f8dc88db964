import { type DownloadPlan, type FileAction, planModel } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { leftOutText } from "../../progress/headings.ts";
import { hubCacheOf } from "../cache/target.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { refuseTwoRevisions, selectionOf } from "../refs/selection.ts";

const here = { keep: "yes", resume: "partly", copy: "no", fetch: "no" } as const;

/**
 * `mlx-download files`: lists the files of a model from the Hub, or from the cache when offline.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const token = await readToken(flags, shell);
  const [ref = ""] = await wholeRefs(operands, { flags, token }, shell);
  await refuseTwoRevisions(ref, flags, shell);
  const plan = await planModel(ref, {
    ...selectionOf(flags),
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  });
  const { repoId, revision, commit, bytes, leftOut } = plan;
  const listed = await listAll(plan, flags, shell);
  if (flags.json) {
    const body = { schema: 1, repoId, revision, commit, size: bytes.total, files: listed, leftOut };
    await writeJson(body, shell);
    return 0;
  }
  if (flags.quiet) {
    await shell.stdout.write(listed.map(({ path }) => `${printable(path)}\n`).join(""));
    return 0;
  }
  const table = tableText(
    [
      { title: "FILE" },
      { title: "SIZE", align: "right" },
      { title: "HERE" },
      { title: "DIGEST", lesser: true },
    ],
    listed.map(({ path, size, digest, cached, selected, action }) => [
      printable(path),
      formatBytes(size),
      selected || cached ? here[action] : "left out",
      shell.stdoutStyle.columns === undefined ? digest : digest.slice(0, digest.indexOf(":") + 13),
    ]),
    shell.stdoutStyle,
  );
  await shell.stdout.write(table);
  const left = leftOutText(leftOut).map((text) => `Left out: ${text}\n`);
  shell.stderr.write(
    `${printable(repoId)} @ ${shortCommit(commit)}: ${formatCount(plan.files.length, "file")}, ${formatBytes(bytes.total)}\n${left.join("")}`,
  );
  return 0;
}

interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly digest: string;
  readonly cached: boolean;
  /** Whether a download with the same options takes it. */
  readonly selected: boolean;
  readonly action: FileAction;
}

/**
 * The files of a plan. Without a pattern or preset, also the files that the default selection
 * leaves out.
 */
async function listAll(
  { repoId, commit, files, leftOut, leftOutFiles }: DownloadPlan,
  flags: Flags,
  shell: Shell,
): Promise<readonly ListedFile[]> {
  const planned = files.map(({ path, size, digest, action }) => {
    const cached = action === "keep";
    return { path, size, digest, cached, selected: true, action };
  });
  if (leftOut.hint === undefined) return planned;
  const { formatDigest, inspectFiles, repoLayout } = await import("@mlx-download/cache");
  const layout = repoLayout(await hubCacheOf(flags, shell), repoId);
  const states = await inspectFiles(layout, commit, leftOutFiles);
  const others = leftOutFiles.map(({ path, size, digest }) => {
    const cached = (states.get(path) ?? "absent") !== "absent";
    const action: FileAction = cached ? "keep" : "fetch";
    return { path, size, digest: formatDigest(digest), cached, selected: false, action };
  });
  return [...planned, ...others].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

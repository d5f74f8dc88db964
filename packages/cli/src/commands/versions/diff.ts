import type { SnapshotLook } from "@mlx-download/core";
import type { SnapshotDiff } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { readToken } from "../account/read-token.ts";
import { noteTo } from "../catalogue/open.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { requireHub } from "./require-hub.ts";

/** The exit code of `--exit-code` where something differs. */
const differs = 12;
const texts = ["config.json", "tokenizer_config.json"];

/**
 * `mlx-download diff`: compares two versions, or the local version with the Hub's. Returns the exit
 * code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [{ lookAtSnapshot, planModel }, { diffSnapshots }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/registry"),
  ]);
  const token = await readToken(flags, shell);
  const refs = await wholeRefs(operands, { flags, token }, shell);
  const [first = "", second = first] = refs;
  const options = {
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
    offline: flags.offline ? true : undefined,
  };
  const from = await lookAtSnapshot(first, {
    ...options,
    texts,
    // One name alone: the version that is here.
    ...(refs.length === 1 && { offline: true }),
  });
  const to = await lookAtSnapshot(second, { ...options, texts });
  if (refs.length === 1) await requireHub(to);
  const difference = diffSnapshots(from, to);
  const target = `${to.repoId}@${to.commit}`;
  const bytesToFetch =
    difference.files.length === 0 ? 0 : (await planModel(target, options)).bytes.expectedWire;
  const side = ({ repoId, revision, commit }: SnapshotLook): object => ({
    repoId,
    revision,
    commit,
  });
  const { changes, files, config } = difference;
  await writeResult(
    {
      from: side(from),
      to: side(to),
      changes,
      files,
      config: config.map(({ key, from: was = null, to: is = null }) => ({
        key,
        from: was,
        to: is,
      })),
      bytesToFetch,
    },
    flags.quiet ? quietText(difference) : text(difference, shell),
    { flags, shell },
  );
  if (!flags.json && !flags.events) tell({ from, to, difference, bytesToFetch }, flags, shell);
  return flags.exitCode && files.length > 0 ? differs : 0;
}

const quietText = ({ files }: SnapshotDiff): string =>
  files.map(({ path }) => `${printable(path)}\n`).join("");

function text({ files, config }: SnapshotDiff, shell: Shell): string {
  if (files.length === 0) return "";
  const size = (side: { readonly size: number } | null): string =>
    side === null ? "" : formatBytes(side.size);
  const table = tableText(
    [
      { title: "FILE" },
      { title: "CHANGE" },
      { title: "WAS", align: "right", lesser: true },
      { title: "IS", align: "right", lesser: true },
    ],
    files.map(({ path, status, from, to }) => [printable(path), status, size(from), size(to)]),
    shell.stdoutStyle,
  );
  if (config.length === 0) return table;
  const keys = tableText(
    [{ title: "CONFIG" }, { title: "WAS" }, { title: "IS" }],
    config.map(({ key, from, to }) => [printable(key), valueText(from), valueText(to)]),
    shell.stdoutStyle,
  );
  return `${table}\n${keys}`;
}

/** A value in a table cell. `--json` has long values in full. */
function valueText(value: unknown): string {
  if (value === undefined) return "–";
  const json = printable(JSON.stringify(value));
  return json.length > 40 ? `${json.slice(0, 39)}…` : json;
}

interface Told {
  readonly from: SnapshotLook;
  readonly to: SnapshotLook;
  readonly difference: SnapshotDiff;
  readonly bytesToFetch: number;
}

function tell({ from, to, difference, bytesToFetch }: Told, flags: Flags, shell: Shell): void {
  if (flags.quiet) return;
  const name = ({ repoId, commit }: SnapshotLook): string => `${repoId} @ ${shortCommit(commit)}`;
  const versions = `${name(from)} → ${from.repoId === to.repoId ? shortCommit(to.commit) : name(to)}`;
  const { changes } = difference;
  const fetched = bytesToFetch > 0 ? `, ${formatBytes(bytesToFetch)} to fetch` : "";
  const what = changes.length === 0 ? "no difference" : `${changes.join(", ")}${fetched}`;
  noteTo(flags, shell)(`${versions}: ${what}`);
}

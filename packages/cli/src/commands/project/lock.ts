import { join } from "node:path";
import type { ModelLock } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import { say } from "../../shell/say.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, shortCommit } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";
import { readToken } from "../account/read-token.ts";
import { projectFolder } from "./project-folder.ts";

/** `mlx-download lock`: makes, checks or exports the lock of the project. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [{ lockModels, readProject, updateLock }, { exportLock, LOCK_FILE, requireLocked }] =
    await Promise.all([import("@mlx-download/project"), import("@mlx-download/registry")]);
  const folder = await projectFolder(flags);
  const path = join(folder, LOCK_FILE);
  const { format } = flags;
  if (format !== undefined || flags.check) {
    const { manifest, lock } = await readProject(folder);
    const locked = lock ?? { models: new Map() };
    requireLocked(manifest, locked);
    if (format !== undefined) {
      const text = exportLock(locked, format, { version: shell.version });
      await writeResult({ format, document: JSON.parse(text) as unknown }, text, { flags, shell });
      return 0;
    }
    const same = { added: [], changed: [], removed: [] };
    await writeResult({ path, ...same, models: modelsJson(locked) }, "", { flags, shell });
    note(`${LOCK_FILE} is that of mlx-models.json.`, flags, shell);
    return 0;
  }
  const options = {
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...(await readToken(flags, shell)),
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  };
  const { added, changed: other, removed, ...made } = await lockModels(folder, options);
  const aliases = operands.length > 0 ? operands : undefined;
  const { moved, failed } = flags.upgrade
    ? await updateLock(folder, { ...options, aliases })
    : { moved: [], failed: [] };
  const [problem] = failed;
  // The others are locked anew, and stay so.
  if (problem !== undefined) throw problem.error;
  const { lock = made.lock } = flags.upgrade ? await readProject(folder) : made;
  const changed = [...other, ...moved.map(({ alias }) => alias)];
  const body = { path, added, changed, removed, models: modelsJson(lock) };
  await writeResult(body, flags.quiet ? `${path}\n` : table(lock, shell), { flags, shell });
  for (const { alias, repoId, revision, from, to } of moved) {
    const range = `${shortCommit(from)} to ${shortCommit(to)}`;
    note(`${alias}: ${revision} of ${repoId}, from ${range}. Install it next.`, flags, shell);
  }
  const parts = [
    ...(added.length > 0 ? [`${added.length} added`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
  ];
  const what = parts.length === 0 ? "nothing to change" : parts.join(", ");
  note(`${path}: ${formatCount(lock.models.size, "model")}, ${what}.`, flags, shell);
  return 0;
}

function modelsJson({ models }: ModelLock): readonly object[] {
  return [...models].map(([alias, { repoId, commit, digest, license, files }]) => ({
    alias,
    repoId,
    commit,
    digest,
    license,
    files: files.size,
    bytes: sizeOf(files),
  }));
}

const sizeOf = (files: ReadonlyMap<string, { readonly size: number }>): number =>
  [...files.values()].reduce((sum, { size }) => sum + size, 0);

function table({ models }: ModelLock, { stdoutStyle }: Shell): string {
  if (models.size === 0) return "";
  return tableText(
    [
      { title: "ALIAS" },
      { title: "MODEL" },
      { title: "COMMIT", lesser: true },
      { title: "FILES", align: "right", lesser: true },
      { title: "SIZE", align: "right" },
      { title: "LICENSE", lesser: true },
    ],
    [...models].map(([alias, { repoId, commit, license, files }]) => [
      printable(alias),
      printable(repoId),
      shortCommit(commit),
      String(files.size),
      formatBytes(sizeOf(files)),
      printable(license ?? ""),
    ]),
    stdoutStyle,
  );
}

function note(text: string, flags: Flags, shell: Shell): void {
  if (flags.quiet || flags.json || flags.events) return;
  say(text, shell);
}

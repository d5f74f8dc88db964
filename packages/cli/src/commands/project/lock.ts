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

/** `mlx-download lock`: makes, checks, moves or exports the lock of the project. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const folder = await projectFolder(flags);
  return flags.check || flags.format !== undefined
    ? checkLock(folder, flags, shell)
    : makeLock(folder, operands, { flags, shell });
}

/** Reads alone: says that the lock is that of the manifest, or prints it in another format. */
async function checkLock(folder: string, flags: Flags, shell: Shell): Promise<number> {
  const [{ readProject }, { exportLock, LOCK_FILE, requireLocked }] = await Promise.all([
    import("@mlx-download/project"),
    import("@mlx-download/registry"),
  ]);
  const { manifest, lock = { models: new Map() } } = await readProject(folder);
  requireLocked(manifest, lock);
  const { format } = flags;
  if (format !== undefined) {
    const text = exportLock(lock, format, { version: shell.version });
    await writeResult({ format, document: JSON.parse(text) as unknown }, text, { flags, shell });
    return 0;
  }
  const path = join(folder, LOCK_FILE);
  const same = { added: [], changed: [], removed: [] };
  await writeResult({ path, ...same, models: modelsJson(lock) }, "", { flags, shell });
  note(`${LOCK_FILE} is that of mlx-models.json.`, flags, shell);
  return 0;
}

async function makeLock(
  folder: string,
  aliases: readonly string[],
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const [{ lockModels, readProject, updateLock }, { LOCK_FILE }] = await Promise.all([
    import("@mlx-download/project"),
    import("@mlx-download/registry"),
  ]);
  const options = {
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...(await readToken(flags, shell)),
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  };
  const made = await lockModels(folder, options);
  const named = aliases.length > 0 ? aliases : undefined;
  const { moved, failed } = flags.upgrade
    ? await updateLock(folder, { ...options, aliases: named })
    : { moved: [], failed: [] };
  const [problem] = failed;
  // The others are locked anew, and stay so.
  if (problem !== undefined) throw problem.error;
  const { lock = made.lock } = moved.length > 0 ? await readProject(folder) : made;
  const path = join(folder, LOCK_FILE);
  const { added, removed } = made;
  const changed = [...made.changed, ...moved.map(({ alias }) => alias)];
  const body = { path, added, changed, removed, models: modelsJson(lock) };
  await writeResult(body, flags.quiet ? `${path}\n` : table(lock, shell), { flags, shell });
  for (const { alias, repoId, revision, from, to } of moved) {
    const range = `${shortCommit(from)} to ${shortCommit(to)}`;
    note(`${alias}: ${revision} of ${repoId}, from ${range}. Install it next.`, flags, shell);
  }
  const counts = Object.entries({ added, changed, removed }).filter(([, list]) => list.length > 0);
  const parts = counts.map(([what, list]) => `${list.length} ${what}`);
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

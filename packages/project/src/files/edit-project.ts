import { realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock, type FileLock, fsError, replaceBeside } from "@mlx-download/cache/writing";
import {
  editManifest,
  formatLock,
  likeBefore,
  LOCK_FILE,
  type LockedModel,
  type Manifest,
  MANIFEST_FILE,
  type ManifestModel,
  parseLock,
  parseManifest,
} from "@mlx-download/registry";
import { noteProject, projectKey, projectsFolder } from "./known-projects.ts";
import { readTexts } from "./read-project.ts";

/** The result of an edit: changes of the manifest, and the models of the lock. */
export interface ProjectEdit {
  /** Models that are wanted from now on, by alias. */
  readonly set?: ReadonlyMap<string, ManifestModel> | undefined;
  /** Aliases that are not wanted any more. */
  readonly remove?: readonly string[] | undefined;
  /** All models of the new lock. Undefined: the lock stays as it is. */
  readonly locked?: ReadonlyMap<string, LockedModel> | undefined;
}

/** Both files, read under the project's lock. Empty where there are none. */
export interface EditedProject {
  readonly manifest: Manifest;
  readonly locked: ReadonlyMap<string, LockedModel>;
}

const TIMEOUT_MS = 60_000;

/**
 * Changes manifest and lock of a project. Two processes that do so at once lose nothing: `edit` gets the files as they
 * are then. A file that stays the same is not written, and a reader or a crash meets each of them whole, the old one or the
 * new one. The manifest comes first: without its lock a model is only installed anew. Throws the errors of `readProject`, and
 * `cache/locked` when another process does not end its change in a minute.
 */
export async function editProject(
  folder: string,
  edit: (project: EditedProject) => ProjectEdit,
  options: {
    readonly env?: NodeJS.ProcessEnv | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  const { env = process.env, signal } = options;
  const place = await realpath(folder);
  const held = await holdProject(place, { env, signal });
  try {
    const before = await readTexts(folder);
    const manifest =
      before.manifest === undefined ? { models: new Map() } : parseManifest(before.manifest);
    const locked = before.lock === undefined ? new Map() : parseLock(before.lock).models;
    const { set, remove, locked: after } = edit({ manifest, locked });
    if (set !== undefined || remove !== undefined) {
      const text = editManifest(before.manifest, { set, remove });
      await replace(join(folder, MANIFEST_FILE), text, before.manifest);
    }
    if (after !== undefined) {
      const text = likeBefore(before.lock, formatLock({ models: after }));
      await replace(join(folder, LOCK_FILE), text, before.lock);
      await noteProject(place, env);
    }
  } finally {
    await held.release();
  }
}

async function holdProject(
  folder: string,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal | undefined },
): Promise<FileLock> {
  const name = `${projectKey(folder)}.lock`;
  const wait = { timeoutMs: TIMEOUT_MS, signal };
  try {
    return await acquireLock(join(projectsFolder(env), name), wait);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "cache/not-writable") throw error;
    const own = `mlx-download-${process.getuid?.() ?? 0}`;
    return await acquireLock(join(tmpdir(), own, name), wait);
  }
}

async function replace(path: string, text: string, before: string | undefined): Promise<void> {
  if (text === before) return;
  // A link stays one.
  const target = before === undefined ? path : await realpath(path);
  const mode = before === undefined ? 0o666 : (await stat(target)).mode & 0o777;
  try {
    await replaceBeside(target, text, mode);
  } catch (error) {
    throw fsError(error, target);
  }
}

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  LOCK_FILE,
  type Manifest,
  MANIFEST_FILE,
  type ModelLock,
  parseLock,
  parseManifest,
} from "@mlx-download/registry";
import { projectError } from "./project-error.ts";

/** The models of a project, as its two files have them. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Undefined while there is no lock. */
  readonly lock: ModelLock | undefined;
}

/** A file of a project. Larger ones are something else (bytes). */
const MOST_BYTES = 64 << 20;

/** Reads the project in a folder. Throws `lock/no-manifest`, and the errors of `parseManifest` and `parseLock`. */
export async function readProject(folder: string): Promise<Project> {
  const { manifest, lock } = await readTexts(folder);
  if (manifest === undefined) throw noManifest(folder);
  return {
    folder,
    manifest: parseManifest(manifest),
    lock: lock === undefined ? undefined : parseLock(lock),
  };
}

/** The texts of the two files. Undefined where one is not there. */
export async function readTexts(
  folder: string,
): Promise<{ readonly manifest: string | undefined; readonly lock: string | undefined }> {
  const [manifest, lock] = await Promise.all([
    readText(join(folder, MANIFEST_FILE)),
    readText(join(folder, LOCK_FILE)),
  ]);
  return { manifest, lock };
}

/** The text of a file. Undefined when it is not there. Throws `lock/invalid` for one that is far too large. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw projectError("lock/invalid", `${path} is far too large`, {
        hint: "Take an earlier version of it from your repository.",
        file: path,
      });
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function noManifest(folder: string): Error {
  return projectError("lock/no-manifest", `There is no ${MANIFEST_FILE} in ${folder} or above it`, {
    hint: "mlx-download add org/name makes one. mlx-download get org/name downloads a model without.",
    folder,
  });
}

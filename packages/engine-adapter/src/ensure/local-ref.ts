import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { expandHome } from "@mlx-download/cache";
import { fileURLToPath } from "node:url";
import { EngineAdapterError } from "../contract/errors.ts";
import { cachedFolder, type CachedFolder } from "./cached-folder.ts";

/** Does this text name a folder on this machine: absolute, from `.`, `..` or `~`, or `file://`? A bare `org/name` never does. */
export function isLocalRef(text: string): boolean {
  const trimmed = text.trim();
  return (
    /^(?:~|\.{1,2})(?:[/\\]|$)/.test(trimmed) || /^file:/i.test(trimmed) || isAbsolute(trimmed)
  );
}

/** A model folder that was named by its path. */
export interface LocalModel {
  /**
   * The repo's id for a snapshot of a cache, otherwise `local/<name>-<8 hex digits of the path's hash>`: a valid id for
   * engines, the same for the same folder.
   */
  readonly id: string;
  /** Absolute and free of links. */
  readonly path: string;
  /** Which snapshot it is, when it is one. */
  readonly snapshot: CachedFolder | undefined;
}

/** Finds the folder that a local ref names. Throws `engine/local-model-not-found` and `engine/invalid-input`. */
export async function findLocalModel(
  text: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LocalModel> {
  const named = expand(text.trim(), env);
  try {
    const path = await realpath(named);
    if ((await stat(path)).isDirectory()) {
      const snapshot = cachedFolder(path);
      return { id: snapshot?.layout.repoId ?? localId(path), path, snapshot };
    }
  } catch (cause) {
    throw notFound(named, "there is nothing that can be read", cause);
  }
  throw notFound(named, "that is a file");
}

/** The id of a local folder, made of characters that every engine takes. */
export function localId(path: string): string {
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 80);
  const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
  return `local/${name || "model"}-${hash}`;
}

function expand(text: string, env: NodeJS.ProcessEnv): string {
  if (/^file:/i.test(text)) {
    try {
      return fileURLToPath(text);
    } catch (cause) {
      throw new EngineAdapterError(
        `${JSON.stringify(text)} names no folder of this machine`,
        "engine/invalid-input",
        { hint: "Write it as file:///absolute/path, or as a plain path.", cause },
      );
    }
  }
  return resolve(expandHome(text, env));
}

function notFound(path: string, problem: string, cause?: unknown): EngineAdapterError {
  return new EngineAdapterError(
    `No model folder at ${path}: ${problem}`,
    "engine/local-model-not-found",
    {
      hint: "Name a folder that holds config.json and weights, or write org/name for a model on the Hub.",
      data: { path },
      cause,
    },
  );
}

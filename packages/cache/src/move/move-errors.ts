import { sep } from "node:path";
import { CacheError } from "../names/errors.ts";

/** The error for a repo or cache that should be moved and is not here. */
export function absent(what: string, path: string): CacheError {
  return new CacheError(`${what} is not at ${path}`, "cache/not-found", {
    hint: "See what the cache holds with mlx-download cache ls.",
    data: { path },
  });
}

/** The error for a place that is taken. */
export function exists(path: string, why: string): CacheError {
  return new CacheError(`Cannot move to ${path}: ${why}`, "cache/exists", {
    hint: "Nothing was moved; name another folder, or remove what is there.",
    data: { path },
  });
}

/** Throws when one of two real folders lies in the other. */
export function refuseNested(source: string, target: string): void {
  if ((target + sep).startsWith(source + sep)) {
    throw exists(target, "it lies inside of what should be moved");
  }
}

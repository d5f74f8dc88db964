import { sep } from "node:path";
import { CacheError } from "../names/errors.ts";

/** The error for a repo or cache that should be moved and is not here. */
export function absent(what: string, path: string): CacheError {
  return new CacheError(`${what} is not at ${path}`, "cache/not-found", {
    hint: "mlx-download cache ls lists the cache.",
    data: { path },
  });
}

/** The error for a place that is taken. */
export function exists(path: string, why: string): CacheError {
  return new CacheError(`Cannot move to ${path}: ${why}`, "cache/exists", {
    hint: "Nothing was moved. Name another folder, or remove the existing one.",
    data: { path },
  });
}

/** Throws when one of two real folders lies in the other. */
export function refuseNested(source: string, target: string): void {
  if ((target + sep).startsWith(source + sep)) {
    throw exists(target, "it lies inside the folder to move");
  }
}

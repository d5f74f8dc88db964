import { lockError } from "./lock-error.ts";
import { LOCK_FILE, type ModelLock } from "./lock.ts";
import { MANIFEST_FILE, type Manifest } from "./manifest.ts";
import { byName } from "./read-json.ts";

/** How manifest and lock differ. All lists are empty when they agree. Aliases, sorted. */
export interface LockDifference {
  /** Wanted, and not locked. */
  readonly missing: readonly string[];
  /** Locked, and not wanted. */
  readonly extra: readonly string[];
  /** Locked for another model, revision or selection than is wanted. */
  readonly changed: readonly string[];
}

/** Holds a lock against its manifest. */
export function compareLock(manifest: Manifest, lock: ModelLock): LockDifference {
  const wanted = [...manifest.models].toSorted(([a], [b]) => byName(a, b));
  return {
    missing: wanted.filter(([alias]) => !lock.models.has(alias)).map(([alias]) => alias),
    extra: [...lock.models.keys()].filter((alias) => !manifest.models.has(alias)).toSorted(byName),
    changed: wanted
      .filter(([alias, { ref, include, exclude, preset }]) => {
        const locked = lock.models.get(alias);
        if (!locked) return false;
        const { selection, requested } = locked;
        return (
          requested !== ref ||
          !isSame(selection.include, include) ||
          !isSame(selection.exclude, exclude) ||
          selection.preset !== preset
        );
      })
      .map(([alias]) => alias),
  };
}

/** Throws `lock/out-of-date` with the differences when a lock is not that of its manifest. */
export function requireLocked(manifest: Manifest, lock: ModelLock): void {
  const difference = compareLock(manifest, lock);
  const { missing, extra, changed } = difference;
  const parts = [
    ...missing.map((alias) => `${alias} is not locked`),
    ...extra.map((alias) => `${alias} is locked and not wanted`),
    ...changed.map((alias) => `${alias} is locked for something else`),
  ];
  if (parts.length === 0) return;
  throw lockError(
    "lock/out-of-date",
    `${LOCK_FILE} is not that of ${MANIFEST_FILE}: ${parts.join("; ")}`,
    {
      hint: "Run mlx-download install without the option `frozen`, look at the lock, and commit both files.",
      ...difference,
    },
  );
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at]);

import { createHash } from "node:crypto";
import { byName } from "./read-json.ts";

/** A file as a lock knows it. */
export interface LockedFile {
  /** 64 hex digits, of the content. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  /** The hash by which git names a file outside of LFS, 40 hex digits. Sources identify it by that. */
  readonly gitSha1?: string | undefined;
}

/** `sha256:<hex> <bytes>`, for a file outside of LFS with `git-sha1:<hex>` behind it. */
const LINE =
  /^sha256:(?<sha256>[0-9a-f]{64}) (?<size>0|[1-9]\d{0,15})(?: git-sha1:(?<gitSha1>[0-9a-f]{40}))?$/;
/** Windows gives them a meaning of their own, with any ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Reads the line of a file. Undefined when it is none. */
export function parseFileLine(line: unknown): LockedFile | undefined {
  const groups = typeof line === "string" ? LINE.exec(line)?.groups : undefined;
  const size = Number(groups?.["size"]);
  if (!groups || !Number.isSafeInteger(size)) return undefined;
  const { sha256 = "", gitSha1 } = groups;
  return { sha256, size, ...(gitSha1 !== undefined && { gitSha1 }) };
}

/** The line of a file. */
export function formatFileLine({ sha256, size, gitSha1 }: LockedFile): string {
  return `sha256:${sha256} ${size}${gitSha1 === undefined ? "" : ` git-sha1:${gitSha1}`}`;
}

/**
 * Whether a path may be written below a folder on every system: relative, with `/`, no empty, `.` or `..` part, no
 * control character, no character or name that Windows takes for something else.
 */
export function isSafePath(path: string): boolean {
  if (path === "" || path.length > 1000) return false;
  return path
    .split("/")
    .every(
      (part) =>
        part !== "" &&
        part !== "." &&
        part !== ".." &&
        part.length <= 255 &&
        !/[<>:"\\|?*\p{Cc}]/u.test(part) &&
        !/[. ]$/.test(part) &&
        !DEVICES.test(part),
    );
}

/**
 * One id for these bytes, whatever repo, commit or mirror they come from: the SHA-256 of a line `<sha256> <bytes> <path>` a
 * file, sorted by path, each with a newline. `sha256:<hex>`.
 */
export function filesDigest(files: ReadonlyMap<string, LockedFile>): string {
  const hash = createHash("sha256");
  for (const [path, { sha256, size }] of [...files].toSorted(([a], [b]) => byName(a, b))) {
    hash.update(`${sha256} ${size} ${path}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}

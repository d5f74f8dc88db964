import { CacheError } from "./errors.ts";
import { hasControlCharacter, isReservedOnWindows, utf8Length } from "./path-segment.ts";

const MAX_PATH_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;
/** One segment that no rule but that of Windows' devices can forbid. */
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}[A-Za-z0-9_-]$/;

/**
 * Returns the path of a file in a repo if it can be joined below any folder without leaving it.
 * Otherwise throws `cache/unsafe-path`. Refused are traversal, absolute, drive and UNC paths, empty
 * segments, backslashes, control characters, `.git`, and lengths above 1024 (segment: 255) bytes.
 * On Windows also its device names, a trailing dot or space, and characters that file names there
 * cannot contain.
 */
export function checkRepoPath(path: string, platform: string = process.platform): string {
  const onWindows = platform === "win32";
  // Nearly every name is such: a scan of a large cache asks this a hundred thousand times.
  if (PLAIN.test(path) && !(onWindows && isReservedOnWindows(path))) return path;
  const reason = whyUnsafe(path, onWindows);
  if (reason === undefined) return path;
  throw new CacheError(
    `The file path ${JSON.stringify(path)} is not safe: ${reason}`,
    "cache/unsafe-path",
    { hint: "Nothing was written. Ask the owner of the repo to rename this file.", data: { path } },
  );
}

function whyUnsafe(path: string, onWindows: boolean): string | undefined {
  if (path === "") return "it is empty";
  if (hasControlCharacter(path)) return "it holds control characters";
  if (path.includes("\\")) return "it holds a backslash";
  if (path.startsWith("/")) return "it is absolute";
  if (utf8Length(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  for (const segment of path.split("/")) {
    if (segment === "") return "a segment is empty";
    if (segment === "." || segment === "..") return "it walks out of its folder";
    if (/^[A-Za-z]:/.test(segment)) return "it names a drive";
    if (/^(?:\.git|git~1)$/i.test(segment)) return "git itself allows no such folder in a repo";
    if (onWindows && /[. ]$/.test(segment)) return "a segment ends with a dot or a space";
    if (onWindows && isReservedOnWindows(segment)) return `${segment} is a device name on Windows`;
    if (onWindows && /[<>:"|?*]/.test(segment)) {
      return "a segment holds a character that Windows forbids";
    }
    if (utf8Length(segment) > MAX_SEGMENT_BYTES) {
      return `a segment is longer than ${MAX_SEGMENT_BYTES} bytes`;
    }
  }
  return undefined;
}

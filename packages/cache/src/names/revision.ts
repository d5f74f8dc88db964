import { CacheError } from "./errors.ts";
import { isHex } from "./is-hex.ts";
import { hasControlCharacter, isReservedOnWindows, utf8Length } from "./path-segment.ts";

// Characters that git check-ref-format forbids in a ref, and those that Windows file names cannot
// contain.
const FORBIDDEN = /[ ~^:?*[\\]|\.\.|@\{/;
const FORBIDDEN_ON_WINDOWS = /[<>"|]/;

/**
 * Whether the text is a full commit hash: exactly 40 lower-case hex digits, or 64 as git has them with SHA-256 and
 * servers without git in their place.
 */
export function isCommit(text: string): boolean {
  return isHex(text, 40) || isHex(text, 64);
}

/** Returns the commit when it is a full one ({@link isCommit}), else throws `cache/invalid-revision`. */
export function checkCommit(commit: string): string {
  if (isCommit(commit)) return commit;
  throw new CacheError(
    `${JSON.stringify(commit)} is not a full commit hash`,
    "cache/invalid-revision",
    {
      hint: "A commit is 40 (or 64) lower-case hex digits. Resolve branches and tags first.",
      data: { revision: commit },
    },
  );
}

/**
 * Returns the revision if it can be a branch, tag, `refs/pr/<n>` or commit (the rules of git
 * check-ref-format) and is safe to join into `refs/` on this system. Otherwise throws
 * `cache/invalid-revision`.
 */
export function checkRevision(revision: string, platform: string = process.platform): string {
  const reason = whyInvalid(revision, platform === "win32");
  if (reason === undefined) return revision;
  throw new CacheError(
    `${JSON.stringify(revision)} is not a revision: ${reason}`,
    "cache/invalid-revision",
    { hint: "Use a branch, a tag, refs/pr/<number> or a commit hash.", data: { revision } },
  );
}

function whyInvalid(revision: string, onWindows: boolean): string | undefined {
  if (revision === "") return "it is empty";
  if (hasControlCharacter(revision)) return "it holds control characters";
  const forbidden = FORBIDDEN.exec(revision);
  if (forbidden) return `git allows no ${JSON.stringify(forbidden[0])} in a ref`;
  const refused = onWindows ? FORBIDDEN_ON_WINDOWS.exec(revision) : null;
  if (refused) return `Windows allows no ${JSON.stringify(refused[0])} in a file name`;
  if (revision === "@") return "git allows no ref of that name";
  if (utf8Length(revision) > 1024) return "it is longer than 1024 bytes";
  for (const segment of revision.split("/")) {
    if (segment === "") return "a segment is empty";
    if (segment.startsWith(".")) return "a segment starts with a dot";
    if (segment.endsWith(".")) return "a segment ends with a dot";
    if (segment.toLowerCase().endsWith(".lock")) return "a segment ends with .lock";
    if (onWindows && isReservedOnWindows(segment)) return `${segment} is a device name on Windows`;
    if (utf8Length(segment) > 255) return "a segment is longer than 255 bytes";
  }
  return undefined;
}

const KINDS: readonly (readonly [kind: string, beginning: RegExp])[] = [
  // git-lfs, and hawser as it was called first.
  ["a git-lfs pointer", /^version https:\/\/[^\s/]+(?:\/[^\s/]+)*\/spec\//],
  ["a git-annex pointer", /^(?:\.\.\/)*(?:\.git)?\/?annex\/objects\//],
  ["a Xet pointer", /^# xet version /],
  ["a web page", /^\s*<(?:!doctype|html|head|\?xml)/i],
  ["a server's error", /^\s*(?:entry not found|not found|404|access denied|\{"error")/i],
];

/**
 * The kind of a text that was uploaded in the place of a large file, with its article: a pointer of a program that keeps
 * large files elsewhere, or an answer that was saved as the file. Undefined for all else.
 */
export function standInKind(text: string): string | undefined {
  return KINDS.find(([, beginning]) => beginning.test(text))?.[0];
}

/** A file's path as part of a URL: every segment percent-encoded. */
export function encodePath(path: string): string {
  return path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}

import { compileFnmatch } from "./fnmatch.ts";

/**
 * Files that people and git read, and no loader of a model: mlx-lm's own download leaves them out
 * (`_download` in mlx_lm/utils.py takes `*.json`, weights, tokenizers, templates and Python files).
 */
const UNREAD: readonly string[] = [
  ".gitattributes",
  ".gitignore",
  "*/.gitattributes",
  "*/.gitignore",
  "README*",
  "*/README*",
  "LICENSE*",
  "LICENCE*",
  "*/LICENSE*",
  "NOTICE*",
  "USE_POLICY*",
  "*.md",
  "*.rst",
  "*.pdf",
  "*.html",
  "*.ipynb",
  "*.png",
  "*.jpg",
  "*.jpeg",
  "*.gif",
  "*.webp",
  "*.svg",
  "*.mp4",
  "*.mov",
];

const matchers = UNREAD.map((pattern) => compileFnmatch(pattern));

/** Whether a file of a repo is documentation or housekeeping, so that a model runs as well without it. */
export function isUnread(path: string): boolean {
  return matchers.some((matches) => matches(path));
}

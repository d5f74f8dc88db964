import type { RepoType } from "./repo-id.ts";

/**
 * Files for people and git. No loader of a model reads them, and mlx-lm's own download leaves them
 * out (`_download` in mlx_lm/utils.py takes `*.json`, weights, tokenizers, templates and Python).
 */
const UNREAD: readonly RegExp[] = [
  /(?:^|\/)\.git(?:attributes|ignore)$/,
  /(?:^|\/)(?:README|LICEN[CS]E|NOTICE|USE_POLICY)[^/]*$/,
  /\.(?:md|rst|pdf|html|ipynb|png|jpe?g|gif|webp|svg|mp4|mov)$/,
];

/**
 * Whether a file is documentation or housekeeping of a model, so that the model loads without it.
 * In a dataset or a space such a file is content.
 */
export function isUnread(path: string, repoType: RepoType): boolean {
  return repoType === "model" && UNREAD.some((pattern) => pattern.test(path));
}

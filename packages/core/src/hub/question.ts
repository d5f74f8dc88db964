/** What was asked, which decides what a bare 404 means. */
export interface Question {
  /** `repo`: does it exist; `revision`: at this revision; `file`: one file of it; `list`: anything not about one repo. */
  readonly kind: "repo" | "revision" | "file" | "list";
  readonly repoId?: string | undefined;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
}

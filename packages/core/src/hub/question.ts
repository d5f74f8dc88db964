/** The kind of question, which decides the meaning of a bare 404. */
export interface Question {
  /**
   * `repo`: does it exist. `revision`: at this revision. `file`: one file of it. `list`: a question not about one repo.
   */
  readonly kind: "repo" | "revision" | "file" | "list";
  readonly repoId?: string | undefined;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
}

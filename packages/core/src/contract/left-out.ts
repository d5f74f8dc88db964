/** What a repo has beside the files that are taken. */
export interface LeftOut {
  readonly files: number;
  readonly bytes: number;
  /** How to have them; only where no pattern and no preset chose the files. */
  readonly hint?: string;
}

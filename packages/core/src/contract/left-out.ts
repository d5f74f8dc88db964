/** The files of a repo that are not taken. */
export interface LeftOut {
  readonly files: number;
  readonly bytes: number;
  /** The way to get them. Present only when no pattern and no preset chose the files. */
  readonly hint?: string;
}

/** Where in Xet storage something failed. */
export type XetPhase = "token" | "reconstruction" | "data" | "decode";

/** Why a file, or all files of a download, go on by the plain route. */
export interface XetFailureFacts {
  /** An error code: `xet/…`, or the connection's. */
  readonly code: string;
  readonly phase: XetPhase;
  readonly host: string;
  /** Whether the rest of this download need not try: the host is at fault, and not one file. */
  readonly forAll: boolean;
}

/** The end of the way through Xet storage. The message says which host failed, and how. */
export class XetFailure extends Error {
  override readonly name = "XetFailure";
  readonly facts: XetFailureFacts;

  constructor(message: string, facts: XetFailureFacts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.facts = facts;
  }
}

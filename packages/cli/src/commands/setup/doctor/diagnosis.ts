import type { TokenOptions } from "../../account/read-token.ts";
import type { Flags } from "../../../command-line/flags.ts";
import { commandHint } from "../../../failure/command-hint.ts";

/** The result of one check. */
export interface Diagnosis {
  readonly name: string;
  /** `warn`: works, but not at its best. `skip`: was not checked. */
  readonly status: "ok" | "warn" | "fail" | "skip";
  readonly detail: string;
  /** The error's code, for a failed check. */
  readonly code?: string | undefined;
  /** The next step, where there is one. */
  readonly hint?: string | undefined;
  /** For programs. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The input of a check. */
export interface Circumstances {
  readonly env: NodeJS.ProcessEnv;
  readonly flags: Pick<Flags, "endpoint" | "cacheDir" | "offline">;
  readonly token: TokenOptions;
  readonly signal: AbortSignal;
}

/** Turns an error into a diagnosis. */
export function failed(name: string, error: unknown): Diagnosis {
  const detail = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof Error && "hint" in error && typeof error.hint === "string"
      ? commandHint(error.hint)
      : undefined;
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string"
      ? error.code
      : undefined;
  return { name, status: "fail", code, detail, hint };
}

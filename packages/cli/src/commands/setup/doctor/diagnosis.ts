import type { TokenChoice } from "../../account/read-token.ts";
import type { Flags } from "../../../command-line/flags.ts";

/** What one look found. */
export interface Diagnosis {
  readonly name: string;
  /** `warn`: works, but not as it could; `skip`: was not looked at. */
  readonly status: "ok" | "warn" | "fail" | "skip";
  readonly detail: string;
  /** Of what failed: an error's code. */
  readonly code?: string | undefined;
  /** The next step, where there is one. */
  readonly hint?: string | undefined;
  /** For programs. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What a look may need. */
export interface Circumstances {
  readonly env: NodeJS.ProcessEnv;
  readonly flags: Pick<Flags, "endpoint" | "cacheDir" | "offline">;
  readonly token: TokenChoice;
  readonly signal: AbortSignal;
}

/** What an error says, as a diagnosis. */
export function failed(name: string, error: unknown): Diagnosis {
  const detail = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof Error && "hint" in error && typeof error.hint === "string"
      ? error.hint
      : undefined;
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string"
      ? error.code
      : undefined;
  return { name, status: "fail", code, detail, hint };
}

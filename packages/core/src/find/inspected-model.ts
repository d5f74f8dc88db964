import type { LoadVerdict, ModelFile, ModelDescription, SecurityLook } from "@mlx-download/fit";
import type { AccessState } from "../hub/gated.ts";

/** What a model's own files say, read before any weight is fetched. */
export interface InspectedModel {
  /** Null for a folder. */
  readonly repoId: string | null;
  readonly revision: string | null;
  readonly commit: string | null;
  /** The folder that was read, when it was one. */
  readonly path: string | null;
  /** Who said what the snapshot is. */
  readonly from: "hub" | "cache" | "folder";
  readonly description: ModelDescription;
  readonly loads: LoadVerdict;
  readonly security: SecurityLook;
  /**
   * Why a gated repo's own files could not be read: all above is then what is public. Null for every other model, and
   * unless {@link InspectOptions.publicFacts} was wanted.
   */
  readonly access: ModelAccess | null;
  /** Bytes of all files of the snapshot. */
  readonly totalBytes: number;
  /** What it took to find out, listing included in neither. */
  readonly read: { readonly requests: number; readonly bytes: number };
}

/** What an account lacks of a gated repo. */
export interface ModelAccess {
  readonly state: AccessState;
  /** Where access is asked for. */
  readonly page: string;
  /** What happened, and the next step, one sentence each. */
  readonly message: string;
  readonly hint: string;
  /** Files that cannot be fetched, and their bytes. */
  readonly missing: { readonly files: number; readonly bytes: number };
}

/** Bytes of all files of a listing. */
export const sizeOf = (files: readonly ModelFile[]): number =>
  files.reduce((sum, { size = 0 }) => sum + size, 0);

import type { LoadVerdict, ModelFile, ModelDescription, SecurityLook } from "@mlx-download/fit";
import type { AccessState } from "../hub/gated.ts";

/** The facts from a model's own files, read before any weight is fetched. */
export interface InspectedModel {
  /** Null for a folder. */
  readonly repoId: string | null;
  readonly revision: string | null;
  readonly commit: string | null;
  /** The folder that was read, when it was one. */
  readonly path: string | null;
  /** The source of the snapshot. */
  readonly from: "hub" | "cache" | "folder";
  readonly description: ModelDescription;
  readonly loads: LoadVerdict;
  readonly security: SecurityLook;
  /**
   * Why a gated repo's own files could not be read. All facts above are then public ones. Null for every other model,
   * and unless {@link InspectOptions.publicFacts} was set.
   */
  readonly access: ModelAccess | null;
  /** Bytes of all files of the snapshot. */
  readonly totalBytes: number;
  /** The requests and bytes of the inspection, without the listing. */
  readonly read: { readonly requests: number; readonly bytes: number };
}

/** The access that an account lacks to a gated repo. */
export interface ModelAccess {
  readonly state: AccessState;
  /** Where access is asked for. */
  readonly page: string;
  /** The event and the next step, one sentence each. */
  readonly message: string;
  readonly hint: string;
  /** Files that cannot be fetched, and their bytes. */
  readonly missing: { readonly files: number; readonly bytes: number };
}

/** Bytes of all files of a listing. */
export const sizeOf = (files: readonly ModelFile[]): number =>
  files.reduce((sum, { size = 0 }) => sum + size, 0);

import { type DownloadResult, ModelDownloadError } from "@mlx-download/core";
import { RegistryError } from "@mlx-download/registry";

/** A model of a project that is here. */
export interface InstalledModel {
  readonly alias: string;
  readonly repoId: string;
  /** As asked for (`main` when nothing was said). */
  readonly revision: string;
  readonly commit: string;
  /** Absolute path of the snapshot folder. */
  readonly path: string;
  /** True when no byte had to be fetched or copied. */
  readonly fromCache: boolean;
  readonly bytes: DownloadResult["bytes"];
}

/** A model of a project that could not be brought. */
export interface FailedModel {
  readonly alias: string;
  readonly repoId: string;
  /** Coded, with a hint. */
  readonly error: Error;
  /** The manifest says that the project goes on without it. */
  readonly optional: boolean;
}

/** Which models are here now, by alias, sorted, and which could not be brought. */
export interface InstallReport {
  readonly models: readonly InstalledModel[];
  readonly failed: readonly FailedModel[];
}

/** The entry of a model that was brought for an alias. */
export function installedModel(alias: string, result: DownloadResult): InstalledModel {
  const { repoId, revision, commit, path, fromCache, bytes } = result;
  return { alias, repoId, revision, commit, path, fromCache, bytes };
}

/** Whether an error is of one model, so that the others can go on. */
export const isOfOneModel = (error: unknown): error is ModelDownloadError | RegistryError =>
  error instanceof ModelDownloadError || error instanceof RegistryError;

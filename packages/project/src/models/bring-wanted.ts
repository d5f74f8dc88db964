import { downloadMany } from "@mlx-download/core";
import { type LockedModel, type ManifestModel, parseNamedModel } from "@mlx-download/registry";
import { identifyWanted } from "./identify-wanted.ts";
import {
  type FailedModel,
  installedModel,
  type InstalledModel,
  type InstallReport,
} from "./installed-model.ts";
import { patterns } from "./locked-model.ts";
import type { BringOptions } from "./project-options.ts";

/**
 * Downloads models that no lock knows yet, at the current commits of their revisions, all at once, and identifies each at the commit
 * that came. Rejects only when aborted.
 */
export async function bringWanted(
  wanted: ReadonlyMap<string, ManifestModel>,
  options: BringOptions,
): Promise<InstallReport & { readonly locked: ReadonlyMap<string, LockedModel> }> {
  const models: InstalledModel[] = [];
  const failed: FailedModel[] = [];
  const fail = (alias: string, error: Error): void => {
    const { ref = "", optional = false } = wanted.get(alias) ?? {};
    failed.push({ alias, repoId: parseNamedModel(ref).repoId, error, optional });
  };
  const refs = [...wanted.values()].map((model) => {
    const { repoId, revision = "main" } = parseNamedModel(model.ref);
    return { repoId, revision, ...patterns(model) };
  });
  const outcomes = await downloadMany(refs, options);
  for (const [index, alias] of [...wanted.keys()].entries()) {
    const outcome = outcomes[index];
    if (outcome?.ok) models.push(installedModel(alias, outcome.result));
    else if (outcome) fail(alias, outcome.error);
  }
  const here = new Map([...wanted].filter(([alias]) => models.some((one) => one.alias === alias)));
  const commits = new Map(models.map(({ alias, commit }) => [alias, commit]));
  const locked = new Map<string, LockedModel>();
  for (const one of await identifyWanted(here, quiet(options), commits)) {
    if ("locked" in one) locked.set(one.alias, one.locked);
    else fail(one.alias, one.error);
  }
  return { models: models.filter(({ alias }) => locked.has(alias)), failed, locked };
}

/** The download has said all about the commit. */
function quiet({ onEvent, ...options }: BringOptions): BringOptions {
  if (onEvent === undefined) return options;
  return {
    ...options,
    onEvent(event) {
      if (event.type !== "resolving" && event.type !== "resolved") onEvent(event);
    },
  };
}

import type { ListedModel } from "@mlx-download/core";
import { parseModelName } from "@mlx-download/fit";
import type { CatalogueAge, CatalogueModel } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { isOffline } from "../../shell/is-on.ts";
import type { Shell } from "../../shell/shell.ts";
import { withUserRegistry } from "../catalogue/open.ts";
import { withCatalogue } from "../catalogue/with-catalogue.ts";

/** The models of the catalogue as a listing, and its age. */
export interface CatalogueListing {
  readonly listed: readonly ListedModel[];
  readonly age: CatalogueAge;
}

/** Models of the catalogue that are considered. */
interface ListingPart {
  /** Undefined: all. */
  readonly author: string | undefined;
  /** The model whose variants are wanted. Undefined: the most downloaded models. */
  readonly of: string | undefined;
  /** The list that ships with the program will do. */
  readonly seed?: boolean;
}

/** As many as are read of a Hub's list. */
const MOST_LISTED = 1000;

/** The longest word of the name: every variant has it. */
const longestWord = (of: string): string =>
  parseModelName(of)
    .stem.split(/[^a-z0-9]+/i)
    .reduce((longest, word) => (word.length > longest.length ? word : longest), "");

/**
 * The catalogue on this disk. Undefined where the Hub is to be asked: with `--online`, and without
 * a synchronised catalogue unless `seed` or the flags allow the list that ships with the program.
 */
export async function catalogueListing(
  { author, of, seed = false }: ListingPart,
  flags: Flags,
  shell: Shell,
): Promise<CatalogueListing | undefined> {
  if (flags.online) return undefined;
  const { listCatalogue, readAge } = await import("@mlx-download/registry");
  const part =
    of === undefined ? { author, limit: MOST_LISTED } : { author, containing: longestWord(of) };
  return withUserRegistry(flags, shell, async (registry) => {
    const here = registry.read(readAge);
    const isOwn = here !== undefined && here.source !== "seed";
    if (!isOwn && !seed && !flags.offline && !isOffline(shell.env)) return undefined;
    const { age, models } = await withCatalogue(registry, (catalogue) =>
      listCatalogue(catalogue, part),
    );
    return age === null ? undefined : { age, listed: models.map(listedModel) };
  });
}

function listedModel(model: CatalogueModel): ListedModel {
  const { repoId, base, weightsBytes, weightsSource, createdAt, modifiedAt } = model;
  const date = (at: number | null): string | undefined =>
    at === null ? undefined : new Date(at).toISOString();
  return {
    repoId,
    downloads: model.downloads,
    likes: model.likes,
    tags: [
      ...model.tags,
      ...(model.arch === null ? [] : [model.arch]),
      ...(base?.includes("/") ? [`base_model:quantized:${base}`] : []),
    ],
    // At least as old as its last change: a seed has no more.
    createdAt: date(createdAt ?? modifiedAt),
    lastModified: date(modifiedAt),
    gated: model.gated ?? false,
    private: model.private,
    commit: model.commit ?? undefined,
    pipelineTag: model.task ?? undefined,
    libraryName: model.library ?? undefined,
    estimate:
      weightsBytes === null || weightsSource === null
        ? undefined
        : {
            bytes: weightsBytes,
            parameters: model.parameters,
            source: weightsSource,
            atMost: false,
          },
  };
}

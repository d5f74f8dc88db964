import { isOffline } from "../../shell/is-on.ts";
import type { CatalogueModel, Registry, SearchAnswer } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { noteTo, openHubList, withPassingRegistry, withUserRegistry } from "./open.ts";
import { isAway, withCatalogue } from "./with-catalogue.ts";

/** The query, and the facts that its filters `here` and `fits` need. */
export interface Question {
  readonly query: string;
  readonly limit: number;
  /** Base models instead of single ones. */
  readonly group?: boolean;
  readonly here: ReadonlySet<string>;
  readonly fits: (model: CatalogueModel) => boolean;
}

/** An answer, and who gave it. */
export interface Found extends SearchAnswer {
  readonly source: "catalogue" | "hub";
}

/**
 * Pages of the Hub's list to read at most. The Hub searches for one word, and the others are
 * searched in its answer.
 */
const MOST_PAGES = 2;
const PAGE = 500;

/**
 * Searches the synchronised catalogue if there is one, else the Hub, and when the Hub is
 * unreachable the seed that ships with the program. Throws `registry/invalid-query` before any
 * request, and the `hub/…` errors for `--online`.
 */
export async function find(question: Question, flags: Flags, shell: Shell): Promise<Found> {
  const { parseQuery } = await import("@mlx-download/registry");
  parseQuery(question.query);
  if (flags.online) return await askHub(question, flags, shell);
  return withUserRegistry(flags, shell, (registry) => findIn(registry, question, { flags, shell }));
}

async function findIn(
  registry: Registry,
  question: Question,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<Found> {
  const { readAge, searchCatalogue } = await import("@mlx-download/registry");
  const age = registry.read(readAge);
  const offline = flags.offline || isOffline(shell.env);
  if ((age === undefined || age.source === "seed") && !offline) {
    try {
      return await askHub(question, flags, shell);
    } catch (error) {
      if (!isAway(error)) throw error;
      noteTo(
        flags,
        shell,
      )("The Hub cannot be reached: searching the list that ships with mlx-download.");
    }
  }
  return withCatalogue(registry, (catalogue) => ({
    ...searchCatalogue(catalogue, question.query, question),
    source: "catalogue",
  }));
}

/**
 * Asks the Hub for the longest word and applies the rest of the query to its answer, in the one
 * query language.
 */
async function askHub(question: Question, flags: Flags, shell: Shell): Promise<Found> {
  const { importListing, parseQuery, searchCatalogue } = await import("@mlx-download/registry");
  const { words, phrases, filters } = parseQuery(question.query);
  const [search] = [...words, ...phrases].toSorted((a, b) => b.length - a.length);
  const author = filters.author?.length === 1 ? filters.author[0] : undefined;
  const hub = await openHubList(flags, shell);
  const items: unknown[] = [];
  try {
    let next: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await hub.listModels({
        sort: "downloads",
        limit: PAGE,
        search,
        author,
        next,
        signal: shell.interrupt.signal,
      });
      if (page === "cursor-refused") break;
      items.push(...page.items);
      if (page.next === undefined) break;
      next = page.next;
    }
  } finally {
    await hub.close();
  }
  return withPassingRegistry((passing) => {
    importListing(passing, { endpoint: hub.endpoint, items });
    return { ...searchCatalogue(passing, question.query, question), source: "hub" };
  });
}

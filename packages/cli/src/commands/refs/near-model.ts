import { existsSync } from "node:fs";
import { suggest } from "../../command-line/suggest.ts";
import type { Shell } from "../../shell/shell.ts";
import { withCatalogue } from "../catalogue/with-catalogue.ts";

/** More wrong letters than these make another name. */
const MOST_EDITS = 3;
const PATIENCE_MS = 250;

/**
 * The model of the catalogue, or of the list that ships with the program, whose id is spelled nearly like the one that the Hub does not have. Undefined where there is
 * none near, and for other errors. Never throws: it is asked for while a command fails.
 */
export async function nearModel(error: unknown, { env }: Shell): Promise<string | undefined> {
  const { code, repoId } = Object(error) as { readonly code?: unknown; readonly repoId?: unknown };
  if (code !== "hub/repo-not-found" || typeof repoId !== "string") return undefined;
  try {
    const { openRegistry, registryPath, searchCatalogue } = await import("@mlx-download/registry");
    // No file is made for the sake of a hint.
    const path = registryPath(env);
    const registry = openRegistry({
      path: existsSync(path) ? path : ":memory:",
      waitMs: PATIENCE_MS,
      onNotice: () => undefined,
    });
    try {
      return await withCatalogue(registry, (catalogue) => {
        const words = repoId.replaceAll(/[^A-Za-z0-9.]+/g, " ").trim();
        const { models } = searchCatalogue(catalogue, words, { limit: 50 });
        const ids = new Map(models.map((model) => [model.repoId.toLowerCase(), model.repoId]));
        return ids.get(suggest(repoId, ids.keys(), MOST_EDITS) ?? "");
      });
    } finally {
      registry.close();
    }
  } catch {
    return undefined;
  }
}

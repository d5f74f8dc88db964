import type { Registry } from "@mlx-download/registry";
import { withPassingRegistry } from "./open.ts";

/**
 * Runs `work` with a registry that has a catalogue: the synchronised one, else the seed that ships
 * with the program. Where the registry cannot be written, the seed is read into memory.
 */
export async function withCatalogue<T>(
  registry: Registry,
  work: (registry: Registry) => T,
): Promise<T> {
  const { importSeed, readAge } = await import("@mlx-download/registry");
  const age = registry.read(readAge);
  if (age !== undefined && age.source !== "seed") return work(registry);
  const { readCatalogue } = await import("@mlx-download/catalogue");
  const seed = await readCatalogue();
  if (!registry.readOnly) importSeed(registry, seed);
  else if (age === undefined) {
    return withPassingRegistry((passing) => {
      importSeed(passing, seed);
      return work(passing);
    });
  }
  return work(registry);
}

/** Whether a request failed because no Hub answers now. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    ["hub/unreachable", "hub/unavailable", "hub/rate-limited"].includes(String(error.code))
  );
}

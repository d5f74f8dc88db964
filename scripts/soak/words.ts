import { join } from "node:path";

/** The models of the soak. The first is pinned: no command may lose it. */
export const models = ["org/kept", "org/one", "org/two", "org/three"] as const;

/** Where a soak's commands read and write besides the cache. */
export interface SoakPlaces {
  readonly folder: string;
  readonly python: string | undefined;
}

/** A random number from 0 up to 1, the same row of them for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of `list`. */
export function oneOf<Item>(list: readonly Item[], random: () => number): Item {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}

/** The words of one random command. Downloads are as frequent as all others together. */
export function randomWords(random: () => number, { folder, python }: SoakPlaces): string[] {
  const model = oneOf(models, random);
  const other = oneOf(models, random);
  const lesser = oneOf(models.slice(1), random);
  const archive = join(folder, `${model.replace("/", "--")}.tar`);
  if (random() < 0.4) {
    const extra = oneOf(
      [[], ["--force"], ["--events"], ["--preset", "config"], ["--json"]],
      random,
    );
    return random() < 0.1 && python !== undefined
      ? ["get", model, "--backend", "python"]
      : ["get", model, ...(random() < 0.2 ? [other] : []), ...extra];
  }
  return oneOf<readonly string[]>(
    [
      ["get", model, "--dry-run"],
      ["get", model, `--local-dir=${join(folder, "plain")}`],
      ["update", model],
      ["rollback", model],
      ["outdated"],
      ["history", model],
      ["diff", model, other],
      ["info", model],
      ["fit", model, "--memory", "16G"],
      ["files", model],
      ["card", model],
      ["list", "--limit", "3"],
      ["search", "llama", "--offline"],
      ["recommend"],
      ["catalogue", "sync"],
      ["catalogue", "status"],
      ["path", model],
      ["cache", "--list"],
      ["cache", "ls", "--json"],
      ["verify"],
      ["verify", model, "--quick"],
      ["repair"],
      ["cache", "rm", lesser, "--yes"],
      ["cache", "rm", lesser, "--include", "*.json", "--yes"],
      ["cache", "prune", "--yes"],
      ["cache", "evict", "--max-size", "20MB", "--yes"],
      ["cache", "pin", model],
      ["cache", "unpin", lesser],
      ["cache", "view", model, `--to=${join(folder, "view")}`],
      ["cache", "export", model, `--to=${archive}`],
      ["cache", "import", archive],
      ["doctor", "--json"],
      ["config", "show"],
      ["whoami"],
      ["completion", "bash"],
    ],
    random,
  ).slice();
}

/** One model of the seed catalogue; null: not known. */
export interface SeedModel {
  /** The Hub's own id, 24 hex digits. */
  readonly hubId: string | null;
  readonly repoId: string;
  /** Downloads in 30 days. */
  readonly downloads: number;
  readonly likes: number;
  /** ms since 1970. */
  readonly modifiedAt: number | null;
  readonly parameters: number | null;
  readonly license: string | null;
  /** The Hub's pipeline tag. */
  readonly task: string | null;
  /** The model type. */
  readonly arch: string | null;
  readonly tags: readonly string[];
}

/** The seed catalogue. */
export interface SeedCatalogue {
  /** ISO 8601, the day of its figures. */
  readonly date: string;
  /** Where the figures come from, in a sentence. */
  readonly source: string;
  /** Sorted by `repoId`. */
  readonly models: readonly SeedModel[];
}

const NAMES = [
  "hubId",
  "repoId",
  "downloads",
  "likes",
  "modifiedAt",
  "parameters",
  "license",
  "task",
  "arch",
  "tags",
] as const satisfies readonly (keyof SeedModel)[];

/** A catalogue by columns: values of one kind beside each other compress to a third of rows. */
export function toColumns({ date, source, models }: SeedCatalogue): string {
  const sorted = models.toSorted((a, b) => (a.repoId < b.repoId ? -1 : 1));
  const columns = Object.fromEntries(
    NAMES.map((name) => [name, sorted.map((model) => model[name])]),
  );
  return JSON.stringify({ schema: 1, date, source, columns });
}

/** The catalogue of its columns. Throws when they are not of this format. */
export function fromColumns(text: string): SeedCatalogue {
  const { schema, date, source, columns } = JSON.parse(text) as {
    readonly schema: number;
    readonly date: string;
    readonly source: string;
    readonly columns: Readonly<Record<keyof SeedModel, readonly unknown[]>>;
  };
  const length = columns.repoId.length;
  if (schema !== 1 || NAMES.some((name) => columns[name].length !== length)) {
    throw new Error("the seed catalogue has an unknown format");
  }
  const models = columns.repoId.map(
    (_, at) =>
      Object.fromEntries(NAMES.map((name) => [name, columns[name][at]])) as unknown as SeedModel,
  );
  return { date, source, models };
}

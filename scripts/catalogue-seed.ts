// Writes packages/catalogue/data/catalogue.json.br: `node --conditions=@mlx-download/source scripts/catalogue-seed.ts
// [registry.db]` from a synchronised registry (default: this user's own), or with `--list FILE --date DAY` from the
// public list of models of AlexsJones/llmfit (MIT), as long as there is no synchronisation to take it from.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { type SeedCatalogue, type SeedModel, toColumns } from "@mlx-download/catalogue";
import { listCatalogue, openRegistry } from "@mlx-download/registry";

const target = fileURLToPath(
  new URL("../packages/catalogue/data/catalogue.json.br", import.meta.url),
);
/** A package of data must stay small. */
const MOST_BYTES = 1_000_000;

interface ListedFigures {
  readonly name: string;
  readonly format?: string;
  readonly architecture: string;
  readonly pipeline_tag: string;
  readonly hf_downloads: number;
  readonly hf_likes: number;
}

async function fromList(path: string, date: string): Promise<SeedCatalogue> {
  const { models } = JSON.parse(await readFile(path, "utf8")) as { models: ListedFigures[] };
  const mlx = models.filter(({ name, format }) => format === "mlx" || /mlx/i.test(name));
  return {
    date,
    source: "MLX models of the public list of AlexsJones/llmfit (MIT), with its figures of the Hub",
    models: mlx.map((model): SeedModel => ({
      hubId: null,
      repoId: model.name,
      downloads: model.hf_downloads,
      likes: model.hf_likes,
      modifiedAt: null,
      parameters: null,
      license: null,
      task: model.pipeline_tag === "unknown" ? null : model.pipeline_tag,
      arch: model.architecture === "unknown" ? null : model.architecture,
      tags: [],
    })),
  };
}

function fromRegistry(path: string | undefined): SeedCatalogue {
  using registry = openRegistry({ path });
  const { age, models } = listCatalogue(registry);
  if (age?.source !== "hub") throw new Error("synchronise first: mlx-download catalogue sync");
  return {
    date: new Date(age.at).toISOString().slice(0, 10),
    source: `The models with the tag mlx of ${age.endpoint}`,
    models: models
      .filter((model) => !model.private)
      .map((model) => ({
        hubId: model.hubId,
        repoId: model.repoId,
        downloads: model.downloads,
        likes: model.likes,
        modifiedAt: model.modifiedAt,
        parameters: model.parameters,
        license: model.license,
        task: model.task,
        arch: model.arch,
        tags: model.tags,
      })),
  };
}

const { values, positionals } = parseArgs({
  options: { list: { type: "string" }, date: { type: "string" } },
  allowPositionals: true,
});
const catalogue =
  values.list === undefined
    ? fromRegistry(positionals[0])
    : await fromList(values.list, values.date ?? new Date().toISOString().slice(0, 10));
const packed = brotliCompressSync(toColumns(catalogue), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
if (packed.length > MOST_BYTES) throw new Error(`${packed.length} bytes are too many to publish`);
await writeFile(target, packed);
process.stdout.write(
  `${catalogue.models.length} models of ${catalogue.date}, ${packed.length} bytes\n`,
);

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { fromColumns, type SeedCatalogue } from "./columns.ts";

export { fromColumns, type SeedCatalogue, type SeedModel, toColumns } from "./columns.ts";

/** The catalogue that this package carries. Throws when its file is missing or damaged. */
export async function readCatalogue(): Promise<SeedCatalogue> {
  const packed = await readFile(new URL("../data/catalogue.json.br", import.meta.url));
  return fromColumns((await promisify(brotliDecompress)(packed)).toString("utf8"));
}

// Synchronises a registry with a Hub and says a line after every page.
import { openRegistry, syncCatalogue } from "../src/index.ts";
import { fetchHub } from "./fetch-hub.ts";

const [endpoint = "", path = ""] = process.argv.slice(2);
const registry = openRegistry({ path });
const result = await syncCatalogue(registry, fetchHub(endpoint), {
  onProgress: ({ requests }) => process.stdout.write(`${requests}\n`),
});
registry.close();
process.stdout.write(`${JSON.stringify(result)}\n`);

// Asks for a model in a process of its own and prints its folder.
import { loadOrDownloadModel } from "../src/index.ts";

const [endpoint, cacheDir, ref] = process.argv.slice(2);
const options = { env: {}, endpoint, cacheDir, token: false } as const;
process.stdout.write(`${await loadOrDownloadModel(ref ?? "", options)}\n`);

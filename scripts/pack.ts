// npm run pack: what a release would publish, in release/. Prints the folder.
import { fileURLToPath } from "node:url";
import { packRelease } from "./release/pack.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { folder, tarballs } = await packRelease(at(".."), at("../release"));
process.stderr.write(`${tarballs.size} packages\n`);
process.stdout.write(`${folder}\n`);

// Writes dist/assets/: the files of the page. The output of tsc is published as it is.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { buildPage } from "./page/build-page.ts";

const folder = new URL("dist/assets/", import.meta.url);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const [name, bytes] of await buildPage()) await writeFile(new URL(name, folder), bytes);

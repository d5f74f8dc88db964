// node scripts/release/set-address.ts https://github.com/OWNER/NAME: writes the address of the public repository into every
// manifest. A project that publishes from elsewhere runs it once.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workspacePackages } from "../checks/packages.ts";
import { addressOf, projectAddress } from "./address.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const old = await projectAddress(root);
const wanted = addressOf(process.argv[2] ?? "");
const folders = (await workspacePackages(root)).map(({ dir }) => join(dir, "package.json"));
const python = join(root, "packages/python-bridge/python/pyproject.toml");
for (const path of [join(root, "package.json"), ...folders, python]) {
  await writeFile(path, (await readFile(path, "utf8")).replaceAll(old.page, wanted.page));
}
process.stdout.write(`${wanted.page}\n`);

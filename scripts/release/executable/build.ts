// node --conditions=@mlx-download/source scripts/release/executable/build.ts [--node=PATH]: makes of the built packages
// release/executable/mlx-download and its archive. Without a path the Node is the one that runs this when it is a 26, or comes
// from the npm registry.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildExecutable } from "./executable.ts";
import { executableNode } from "./node.ts";
import { packExecutable } from "./pack.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({ options: { node: { type: "string" } } });
const root = at("../../..");
const node = values.node ?? (await executableNode(root));
const folder = at("../../../release/executable");
const executable = await buildExecutable({ root, node, folder });
process.stdout.write(`${executable}\n`);
process.stdout.write(`${await packExecutable(executable, { root, node, folder })}\n`);

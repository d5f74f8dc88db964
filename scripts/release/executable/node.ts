import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bringNode } from "../../bootstrap/toolchain.mjs";

/** The Node inside of the executable. 25.5 is the first one that can build one, 26 the first with long support. */
const EXECUTABLE_NODE = "26.12.1";

/** The path of a Node of that major: the one that runs this, or the pinned one from the npm registry. */
export async function executableNode(root: string): Promise<string> {
  const [major] = EXECUTABLE_NODE.split(".");
  if (process.versions.node.split(".")[0] === major) return process.execPath;
  const folder = join(root, ".toolchain");
  await mkdir(folder, { recursive: true });
  const path = await bringNode(EXECUTABLE_NODE, folder);
  if (path === undefined) throw new Error(`no Node ${major} comes by npm here: --node=PATH`);
  return path;
}

// Writes dist/: the command with everything that it needs. What tsc emits are declarations.
import { fileURLToPath } from "node:url";
import { bundleCommand } from "../../scripts/bundle-command.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

await bundleCommand(at("."), at("../.."));

// pnpm docs:update: writes the pages anew that are made from the command table and the error reference.
import { fileURLToPath } from "node:url";
import { updatePages } from "./checks/written-pages.ts";

await updatePages(fileURLToPath(new URL("..", import.meta.url)));

// pnpm api:update: writes docs/reference/api anew, when a change of the public surface is meant.
import { fileURLToPath } from "node:url";
import { updateApi } from "./checks/api.ts";

await updateApi(fileURLToPath(new URL("..", import.meta.url)));

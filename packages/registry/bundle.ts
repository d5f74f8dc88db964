// Writes dist/*.js; what tsc emits are the declarations.
import { fileURLToPath } from "node:url";
import { bundleLibrary } from "../../scripts/bundle-library.ts";

await bundleLibrary(fileURLToPath(new URL(".", import.meta.url)));

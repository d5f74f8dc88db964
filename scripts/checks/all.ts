import { join } from "node:path";
import { api } from "./api.ts";
import { command, type Check } from "./check.ts";
import { errorDocs } from "./error-docs.ts";
import { imports } from "./imports.ts";
import { innerImports } from "./inner-imports.ts";
import { manifests } from "./manifests.ts";
import { published } from "./published.ts";
import { writtenPages } from "./written-pages.ts";

/** Every check of the checkout, in the order they run: what later ones read is built by the first. `folder` takes the tarballs. */
export function allChecks(root: string, folder: string): readonly Check[] {
  const tool = (name: string): string => join(root, "node_modules/.bin", name);
  return [
    command("build", tool("turbo"), ["run", "build", "--output-logs=errors-only"]),
    command("typecheck", tool("tsc"), ["--noEmit", "-p", "tsconfig.json"]),
    command("typecheck of the page", tool("tsc"), ["-p", "packages/web/page/tsconfig.json"]),
    command("lint", tool("oxlint"), ["--type-aware"]),
    command("format", tool("oxfmt"), ["--check"]),
    command("knip", tool("knip"), ["--no-progress"]),
    imports,
    innerImports,
    manifests,
    errorDocs,
    writtenPages,
    api,
    published(folder),
  ];
}

import { requireChunks } from "./chunks.ts";

const { getRawAsset } = process.getBuiltinModule("node:sea");

const load = requireChunks({
  text: (name) => Buffer.from(getRawAsset(`dist/${name}`)).toString("utf8"),
  compiled: (name) => new Uint8Array(getRawAsset(`dist/${name}.compiled`)),
});

/** The command inside of the executable. */
export const { runCli } = load(
  "run-cli.js",
) as typeof import("../../../packages/cli/src/run-cli.ts");

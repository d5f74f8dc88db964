#!/usr/bin/env node
// Import nothing of Node before --version is answered. An import of node:fs alone evaluates all streams.
import { packageVersion } from "./package-version.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `error: mlx-download needs Node 22.19 or newer, this is ${process.version}.\n`,
  );
  process.exitCode = 1;
} else {
  const version = packageVersion();
  const words = process.argv.slice(2);
  if (words.length === 1 && ["--version", "-V", "-v"].includes(words[0] ?? "")) {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      process.exitCode = error.code === "EPIPE" ? 0 : 6;
    });
    process.stdout.write(`${version}\n`);
  } else {
    // Deno has none.
    process.getBuiltinModule("node:module").enableCompileCache?.();
    const { runCli } = await import("./run-cli.ts");
    process.exitCode = await runCli(words, version);
  }
}

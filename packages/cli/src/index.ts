export { exitCodeOf } from "./failure/exit-code-of.ts";
export { runCli } from "./run-cli.ts";

export { exitCodeOf } from "./failure/exit-code.ts";
export { runCli } from "./run-cli.ts";

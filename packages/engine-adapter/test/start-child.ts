// Starts a server of ours, says its process id, and then does nothing until it is ended.
import { startMlxLmServer } from "../src/drivers/mlx-lm-server.ts";

const [program = "", ...args] = process.argv.slice(2);
const server = await startMlxLmServer({ command: [program, ...args] });
process.stdout.write(`${server.pid}\n`);
setInterval(() => undefined, 60_000);

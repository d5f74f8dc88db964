import { acquireLock } from "@mlx-download/cache/writing";

// A process that takes a lock, says so, and holds it until its stdin ends or it is killed.
const lock = await acquireLock(process.argv[2] ?? "");
process.stdout.write(`${lock.kind}\n`);
process.stdin.resume();
process.stdin.once("end", () => void lock.release());

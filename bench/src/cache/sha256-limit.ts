// node sha256-limit.ts BYTES: the time in which every core of this machine hashes its share of BYTES from memory, without
// the start of Node, as JSON of ms.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";

if (isMainThread) {
  const share = Math.ceil(Number(process.argv[2]) / availableParallelism());
  const script = fileURLToPath(import.meta.url);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const cores = Array.from({ length: availableParallelism() }, async () => {
    const worker = new Worker(script, { workerData: share, execArgv: [] });
    await once(worker, "exit");
  });
  await Promise.all(cores);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
} else {
  const hash = createHash("sha256");
  const block = Buffer.alloc(1 << 20, 7);
  for (let left = workerData as number; left > 0; left -= block.length) hash.update(block);
  hash.digest();
}

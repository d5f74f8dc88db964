// node cache-scan.ts CACHE_DIR: what the first scan of a process takes, without its start, as JSON of ms.
import { scanCache } from "@mlx-download/cache";

const [cacheDir = ""] = process.argv.slice(2);
const cpu = process.cpuUsage();
const start = performance.now();
const { repos } = await scanCache(cacheDir);
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
if (repos.length === 0) throw new Error(`there is nothing in ${cacheDir}`);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));

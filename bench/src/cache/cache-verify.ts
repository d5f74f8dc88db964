// node cache-verify.ts CACHE_DIR: what the first verification of a process takes, without its start, as JSON of ms.
import { listRepos, verifyCache } from "@mlx-download/cache";

const [cacheDir = ""] = process.argv.slice(2);
const targets = (await listRepos(cacheDir)).map((layout) => ({ layout }));
const cpu = process.cpuUsage();
const start = performance.now();
const { checked, bad } = await verifyCache(targets);
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
if (checked === 0 || bad.length > 0) throw new Error(`${cacheDir} is not sound`);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));

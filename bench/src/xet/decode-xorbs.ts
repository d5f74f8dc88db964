// node decode-xorbs.ts kernel|javascript FOLDER BYTES: the time in which one thread decodes and hashes BYTES of content from
// the xorbs in FOLDER, which are in memory before, as JSON of ms.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createKernel, decodeRun, kernelMemory, parseXorb, SLACK_BYTES } from "@mlx-download/xet";

const [way, folder = "", bytes] = process.argv.slice(2);
const wanted = Number(bytes);
const WINDOW_BYTES = 1 << 20;

const names = readdirSync(folder).filter((name) => /^default\.[0-9a-f]{64}$/u.test(name));
const xorbs = names.map((name) => {
  const xorb = readFileSync(join(folder, name));
  return xorb.subarray(0, parseXorb(xorb).chunks.at(-1)?.end ?? 0);
});
const largest = Math.max(...xorbs.map((xorb) => xorb.byteLength));
const kernel = createKernel(kernelMemory(largest + WINDOW_BYTES + 2 * SLACK_BYTES));
const { start } = kernel.room;
const output = start + largest + SLACK_BYTES;

let [done, wallMs, cpuMs] = [0, 0, 0];
for (let turn = 0; done < wanted; turn += 1) {
  const xorb = xorbs[turn % xorbs.length] as Uint8Array;
  if (way === "kernel") kernel.bytes.set(xorb, start);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const window = new Uint8Array(WINDOW_BYTES);
  for (let at = 0; at < xorb.byteLength && done < wanted;) {
    const run =
      way === "kernel"
        ? kernel.decodeRun(
            { start: start + at, end: start + xorb.byteLength },
            { start: output, end: output + WINDOW_BYTES },
          )
        : decodeRun(xorb.subarray(at), window, 512);
    if (run.consumed === 0) throw new Error(`${names[turn % names.length]}: ${run.stop}`);
    at += run.consumed;
    done += run.produced;
  }
  const { user, system } = process.cpuUsage(cpu);
  wallMs += performance.now() - began;
  cpuMs += (user + system) / 1000;
}
process.stdout.write(JSON.stringify({ wallMs, cpuMs }));

// pnpm docs:frames: runs the built command on a pseudo-terminal against a Hub on this machine, and writes what the
// terminal showed into the blocks of docs/guide/reading-the-progress.md that follow a comment with the frame's name.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { film, type Studio } from "./film.ts";

const page = fileURLToPath(new URL("../docs/guide/reading-the-progress.md", import.meta.url));
const repoId = "mlx-community/Qwen3-0.6B-4bit";
const hub = await startTestHub();
const places: string[] = [];
const frames = new Map<string, string>();

async function newStudio(columns = 80): Promise<Studio> {
  const home = await mkdtemp(join(tmpdir(), "mlx-download-frames-"));
  places.push(home);
  return { hub, home, columns };
}

async function addModel(name: string, size: number): Promise<void> {
  await hub.addRepo(name, {
    "config.json": JSON.stringify({
      model_type: "qwen3",
      quantization: { bits: 4, group_size: 64 },
    }),
    "tokenizer.json": { size: 2_000_000, seed: 3 },
    "model-00001-of-00002.safetensors": { size, seed: 1 },
    "model-00002-of-00002.safetensors": { size, seed: 2 },
  });
}

/** Keeps a frame, without what is this machine's own, in rows as wide as the terminal was. */
function keep(name: string, rows: readonly string[], { home, columns }: Studio): void {
  const text = rows
    .map((row) => row.replaceAll(home, "~/.cache/huggingface"))
    .map((row) => row.replaceAll(hub.url, "https://hub.example"))
    .map((row) => row.replaceAll(new URL(hub.cdnUrl).host, "cdn.hub.example"))
    .map((row) => row.replaceAll(/[\d.]+ [GT]B free/gu, "71.4 GB free"))
    .filter((row) => row !== "^C")
    .flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""])
    .map((row) => row.trimEnd());
  frames.set(name, text.join("\n").trimEnd());
}

const wait = /Fetching +[4-7]\d%/u;
const stop = (type: (keys: string) => void): void => type("\u0003");

try {
  const slow = { on: "cdn", kind: "slow", bytesPerSecond: 2_000_000 } as const;
  await addModel(repoId, 25_000_000);
  await addModel("mlx-community/Qwen3-1.7B-4bit", 30_000_000);
  await hub.addRepo("org/gated", { "config.json": "{}" }, { gated: "manual" });
  hub.faults.add(slow);

  const studio = await newStudio();
  const first = await film(repoId, { wanted: wait, seen: stop }, studio);
  keep("fresh", first.onTheWay, studio);
  keep("stopped", first.end, studio);
  const second = await film(repoId, { wanted: /Fetching +[89]\d%/u }, studio);
  keep("resumed", second.onTheWay, studio);
  keep("done", second.end, studio);

  const narrow = await newStudio(40);
  const small = await film(repoId, { wanted: wait }, narrow);
  keep("narrow", small.onTheWay, narrow);
  keep("narrow-done", small.end, narrow);

  const several = await newStudio();
  const both = `${repoId} mlx-community/Qwen3-1.7B-4bit`;
  keep("several", (await film(both, { wanted: /[3-6]\d%/u }, several)).onTheWay, several);
  const plain = await newStudio();
  keep("plain", (await film(`${repoId} --plain`, {}, plain)).end, plain);

  const still = await newStudio();
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
  const held = hub.faults.add({ on: "cdn", kind: "hold", until, afterBytes: 4_000_000 });
  const stalled = await film(
    repoId,
    {
      wanted: /^! /mu,
      seen() {
        held.remove();
        letGo();
      },
    },
    still,
  );
  keep("stalled", stalled.onTheWay, still);
  keep("recovered", stalled.end, still);
  hub.faults.clear();

  for (const [name, args, before] of [
    ["gated", "org/gated", ""],
    ["not-found", "org/no-such-model", ""],
    ["offline", `${repoId} --offline`, ""],
    ["disk-full", repoId, "ulimit -f 20000;"],
  ] as const) {
    const place = { ...(await newStudio()), before };
    keep(name, (await film(args, {}, place)).end, place);
  }
  const text = await readFile(page, "utf8");
  const filled = text.replaceAll(
    /(<!-- frame: ([a-z-]+) -->\n+```text\n)[^`]*```/gu,
    (_, start: string, name: string) => `${start}${frames.get(name) ?? ""}\n\`\`\``,
  );
  await writeFile(page, filled);
  for (const [name, frame] of frames) process.stdout.write(`== ${name}\n${frame}\n\n`);
} finally {
  await hub.close();
  for (const place of places) await rm(place, { recursive: true, force: true });
}

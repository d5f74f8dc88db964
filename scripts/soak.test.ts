import { fileURLToPath } from "node:url";
import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { median, soak } from "./soak/soak.ts";

/** Twelve seconds, or what the variable says. */
const minutes = Number(process.env["MLX_DOWNLOAD_SOAK"] ?? 0.2);

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test(
  "random work with faults and kills loses nothing, leaves nothing, and holds no more at its end",
  { timeout: minutes * 60_000 + 240_000 },
  async () => {
    const built = process.env["MLX_DOWNLOAD_BUILT"] === "1";
    const report = await soak({
      folder: await tempDir(),
      ms: minutes * 60_000,
      seed: Date.now() % 1_000_000,
      command: built
        ? [file("../packages/cli/dist/bin.js")]
        : ["--conditions=@mlx-download/source", file("../packages/cli/src/bin.ts")],
      python: pythonEnv("hub-2.4.0")?.python,
    });
    expect(report.problems, JSON.stringify(report.failures)).toEqual([]);
    expect(report.commands).toBeGreaterThan(0);
    // The first rounds load code and fill pools. In a short soak these are most of it.
    const held = report.holdings.slice(Math.ceil(report.holdings.length / 4));
    const half = Math.floor(held.length / 2);
    const early = held.slice(0, half);
    const late = held.slice(half);
    const growth = (read: (one: (typeof held)[number]) => number): number =>
      median(late.map(read)) - median(early.map(read));
    expect(growth(({ descriptors }) => descriptors)).toBeLessThanOrEqual(4);
    expect(growth(({ heap }) => heap)).toBeLessThan(8_000_000);
  },
);

import { readFile } from "node:fs/promises";
import { MODEL_TASKS, simulateMachine } from "@mlx-download/fit";
import { expect, test } from "vitest";
import type { ListedModel } from "../src/contract/listed-model.ts";
import type { ModelFacts, RememberedModel } from "../src/contract/model-facts.ts";
import { readMachine } from "../src/find/read-machine.ts";
import { type Recommendations, recommendModels } from "../src/find/recommend-models.ts";
import { startRoad } from "./fixture.ts";
import { PICKS } from "./listing/picks.ts";
import { type ListedFacts, serveListing } from "./listing/serve-listing.ts";

const firstOf = ({ models }: Recommendations): string | undefined =>
  models[0]?.choice.best?.candidate.repoId;

test(
  "six Macs get for six tasks what an expert would take of 202 models of the Hub",
  { timeout: 240_000 },
  async () => {
    const { hub, cacheDir } = await startRoad();
    expect(await serveListing(hub)).toBe(202);
    const kept = new Map<string, RememberedModel>();
    const facts: ModelFacts = {
      read: (repoId, commit) => kept.get(`${repoId}@${commit}`),
      write: (repoId, commit, model) => void kept.set(`${repoId}@${commit}`, model),
    };
    const real = await readMachine();
    const found = [];
    let most = 0;
    for (const { mac, memory, chip } of PICKS) {
      const machine = simulateMachine(real, { memory, chip });
      const picks: Record<string, string | undefined> = {};
      for (const task of MODEL_TASKS) {
        const before = hub.log.entries.length;
        const one = await recommendModels({
          env: {},
          endpoint: hub.url,
          cacheDir,
          token: false,
          author: "any",
          task,
          facts,
          fit: { machine },
        });
        most = Math.max(most, hub.log.entries.length - before);
        picks[task] = firstOf(one);
        // What is recommended first can be used: nothing is said that contradicts it.
        expect(one.models[0]?.choice.best?.candidate).toMatchObject({
          loads: { verdict: "yes" },
          fit: { verdict: expect.stringMatching(/^(?:yes|tight)$/) },
        });
        const writes = !["embedding", "speech"].includes(task);
        expect(one.models[0]?.choice.best?.candidate.speed !== null).toBe(writes);
      }
      found.push({ mac, memory, chip, picks });
    }
    expect(found).toEqual(PICKS);
    expect(most).toBeLessThanOrEqual(120);
  },
);

test("a list at hand gives nearly the same without a request, and says that it read nothing", async () => {
  const file = new URL("listing/models.json", import.meta.url);
  const { models } = JSON.parse(await readFile(file, "utf8")) as {
    readonly models: readonly ListedFacts[];
  };
  const listed = models.map(listedModel).toSorted((a, b) => b.downloads - a.downloads);
  const real = await readMachine();
  const others: string[] = [];
  for (const { mac, memory, chip, picks } of PICKS) {
    const machine = simulateMachine(real, { memory, chip });
    // Whether a model can draft, the files alone say.
    for (const task of MODEL_TASKS.filter((name) => name !== "draft")) {
      const found = await recommendModels({
        env: {},
        // Any request would fail.
        endpoint: "http://127.0.0.1:1",
        listed,
        author: "any",
        task,
        fit: { machine },
      });
      const best = found.models[0]?.choice.best?.candidate;
      expect(best).toMatchObject({
        by: "list",
        loads: { verdict: "unknown" },
        fit: { verdict: expect.stringMatching(/^(?:yes|tight)$/) },
      });
      if (best?.repoId !== picks[task]) others.push(`${mac}, ${task}: ${best?.repoId}`);
    }
  }
  expect(others.length, others.join("\n")).toBeLessThanOrEqual(2);
  const drafts = await recommendModels({ env: {}, listed, author: "any", task: "draft" });
  expect(drafts.models).toEqual([]);
});

/** An entry of the list, with an estimate such as a catalogue has. */
function listedModel({
  id,
  at,
  downloads,
  task,
  base,
  parameters,
  bytes,
  config,
}: ListedFacts): ListedModel {
  return {
    repoId: id,
    downloads,
    likes: 0,
    tags: ["mlx", String(config["model_type"]), `base_model:quantized:${base}`],
    createdAt: new Date(at).toISOString(),
    lastModified: undefined,
    gated: false,
    private: false,
    pipelineTag: task,
    libraryName: "mlx",
    estimate: { bytes, parameters, source: "counts", atMost: false },
  };
}

test("the guide shows the same table", async () => {
  const guide = await readFile(
    new URL("../../../docs/guide/choosing-a-model.md", import.meta.url),
    "utf8",
  );
  const cells = guide.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  for (const { mac, picks } of PICKS) {
    const row = cells.find(([, first]) => first === mac);
    expect(row?.slice(2, 8), mac).toEqual(
      MODEL_TASKS.map((task) => picks[task].slice(picks[task].indexOf("/") + 1)),
    );
  }
});

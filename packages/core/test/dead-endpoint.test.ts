import { rm, realpath } from "node:fs/promises";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import {
  download,
  downloadMany,
  findRepoId,
  type HubOptions,
  inspectModel,
  listMLXModels,
  listModels,
  MLXModelDownloader,
  openModelList,
  planModel,
  recommendModels,
  repairModels,
  verifyModels,
} from "../src/index.ts";
import { collect } from "./collect.ts";
import { startRoad } from "./fixture.ts";
import { closedAddress } from "./serve.ts";

const REPO = "mlx-community/Tiny-4bit";
type At = Omit<HubOptions, "onEvent"> & { readonly cacheDir: string };

/** Every call that asks a Hub, and what it gives when one answers. */
const CALLS: Readonly<Record<string, (at: At) => Promise<unknown>>> = {
  planModel: (at) => planModel(REPO, at),
  download: (at) => download(REPO, at),
  "download with requireFit and trust": (at) =>
    download(REPO, { ...at, requireFit: true, trust: "scanned" }),
  downloadMany: async (at) => {
    const [outcome] = await downloadMany([REPO], at);
    expect(outcome?.ok).toBe(true);
  },
  "MLXModelDownloader.download": (at) => new MLXModelDownloader(at).download(REPO),
  "MLXModelDownloader.list": (at) => new MLXModelDownloader(at).list(),
  inspectModel: async (at) => expect((await inspectModel(REPO, at)).from).toBe("hub"),
  listModels: async (at) => expect(await collect(listModels(at))).toHaveLength(1),
  listMLXModels: async (at) => expect(await listMLXModels(at)).toHaveLength(1),
  recommendModels: async (at) => expect((await recommendModels(at)).inspected).toBe(1),
  findRepoId: async (at) => expect(await findRepoId(REPO, at)).toBe(REPO),
  "verifyModels with hub": async (at) => {
    await download(REPO, at);
    expect(await verifyModels([REPO], { ...at, hub: true })).toMatchObject({
      bad: [],
      missing: [],
    });
  },
  repairModels: async (at) => {
    const { path } = await download(REPO, at);
    await rm(await realpath(`${path}/config.json`));
    expect(await repairModels([REPO], at)).toMatchObject({ failed: [], repaired: [{}] });
  },
  openModelList: async (at) => {
    const list = await openModelList({ ...at, fields: ["downloads"] });
    const page = await list.listModels({ sort: "downloads", limit: 10 });
    expect(page).toMatchObject({ items: [{ id: REPO }] });
    expect(await list.findModel(REPO, {})).toMatchObject({ id: REPO });
    await list.close();
  },
};

describe("with a dead first endpoint", () => {
  test.each(Object.keys(CALLS))("%s asks the next one", async (name) => {
    const { hub, cacheDir } = await startRoad();
    await hub.addRepo(REPO, tinyModelFiles(), { tags: ["mlx"] });
    const dead = closedAddress;
    await CALLS[name]?.({ env: {}, endpoint: [dead, hub.url], cacheDir, token: false });
    expect(hub.log.of({ target: "api" }).length).toBeGreaterThan(0);
  });
});

import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect } from "../../test/collect.ts";
import { failureOf, serve } from "../../test/serve.ts";
import { listMLXModels } from "./list-mlx-models.ts";
import { listModels, type ListModelsOptions } from "./list-models.ts";

async function start(): Promise<TestHub> {
  const hub = await startTestHub({ listPageSize: 2 });
  onTestFinished(() => hub.close());
  const repos = [
    [
      "mlx-community/alpha-4bit",
      { downloads: 10, likes: 5, createdAt: "2026-01-01T00:00:00.000Z" },
    ],
    ["mlx-community/beta-4bit", { downloads: 30, likes: 1, createdAt: "2026-01-02T00:00:00.000Z" }],
    [
      "mlx-community/gamma-8bit",
      { downloads: 20, likes: 9, createdAt: "2026-01-03T00:00:00.000Z" },
    ],
    ["acme/delta-4bit", { downloads: 40, likes: 2, createdAt: "2026-01-04T00:00:00.000Z" }],
    ["acme/other", { downloads: 99, likes: 99, tags: ["gguf"], libraryName: "gguf" }],
  ] as const;
  for (const [repoId, settings] of repos) {
    await hub.addRepo(
      repoId,
      { "config.json": "{}" },
      { tags: ["mlx"], libraryName: "mlx", ...settings },
    );
  }
  return hub;
}

const ids = async (options: ListModelsOptions): Promise<string[]> => {
  const found: string[] = [];
  for await (const { repoId } of listModels({ env: {}, token: false, ...options }))
    found.push(repoId);
  return found;
};

describe("listModels", () => {
  test("gives the models with the tag mlx, most downloaded first, over many pages", async () => {
    const hub = await start();
    expect(await ids({ endpoint: hub.url })).toEqual([
      "acme/delta-4bit",
      "mlx-community/beta-4bit",
      "mlx-community/gamma-8bit",
      "mlx-community/alpha-4bit",
    ]);
    expect(hub.log.entries.length).toBeGreaterThan(1);
  });

  test("lets the server search, filter, sort and limit", async () => {
    const hub = await start();
    const endpoint = hub.url;
    expect(await ids({ endpoint, search: "4bit", author: "mlx-community" })).toEqual([
      "mlx-community/beta-4bit",
      "mlx-community/alpha-4bit",
    ]);
    expect(await ids({ endpoint, sort: "likes", limit: 1 })).toEqual(["mlx-community/gamma-8bit"]);
    expect(await ids({ endpoint, sort: "created", limit: 2 })).toEqual([
      "acme/delta-4bit",
      "mlx-community/gamma-8bit",
    ]);
    expect(await ids({ endpoint, tags: ["gguf"] })).toEqual(["acme/other"]);
    hub.log.clear();
    expect(await ids({ endpoint, limit: 0 })).toEqual([]);
    expect(hub.log.entries).toEqual([]);
  });

  test("gives the Hub's facts about a model", async () => {
    const hub = await start();
    const [model] = await collect(
      listModels({ env: {}, endpoint: hub.url, search: "alpha", limit: 1 }),
    );
    expect(model).toMatchObject({
      repoId: "mlx-community/alpha-4bit",
      downloads: 10,
      likes: 5,
      createdAt: "2026-01-01T00:00:00.000Z",
      gated: false,
      private: false,
      libraryName: "mlx",
    });
    expect(model?.tags).toContain("mlx");
  });

  test("asks only for the pages that are read", async () => {
    const hub = await start();
    const models = listModels({ env: {}, endpoint: hub.url });
    await models.next();
    await models.return();
    expect(hub.log.entries).toHaveLength(1);
  });

  test("ends when a server sends the same page for ever, and never leaves the endpoint", async () => {
    let n = 0;
    const elsewhere = await serve((_request, response) => void response.end("[]"), "localhost");
    const { url, requests } = await serve((_request, response) => {
      const link = `<${elsewhere.url}/api/models?cursor=${n++}>; rel="next"`;
      response.writeHead(200, { "content-type": "application/json", link });
      response.end(JSON.stringify([{ id: "a/b", _id: "1", downloads: 1, likes: 0, tags: [] }]));
    });
    expect(await ids({ endpoint: url, token: "hf_secret" })).toEqual(["a/b"]);
    expect(requests).toHaveLength(2);
    expect(elsewhere.requests).toEqual([]);
  });

  test("skips entries that make no sense", async () => {
    const { url } = await serve((_request, response) => {
      const items = [
        null,
        7,
        {},
        { id: 7 },
        { id: "../../x" },
        { id: "a/b", downloads: "many", tags: [1, "mlx"] },
      ];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(items));
    });
    expect(await collect(listModels({ env: {}, endpoint: url }))).toEqual([
      {
        repoId: "a/b",
        downloads: 0,
        likes: 0,
        tags: ["mlx"],
        createdAt: undefined,
        lastModified: undefined,
        gated: false,
        private: false,
        pipelineTag: undefined,
        libraryName: undefined,
      },
    ]);
  });

  test("says that an answer is no list", async () => {
    const { url } = await serve((_request, response) => void response.end('{"error":"no"}'));
    expect(await failureOf(ids({ endpoint: url }))).toMatchObject({ code: "hub/bad-response" });
  });

  test("throws the coded error of a Hub that is not there", async () => {
    const fetchNothing: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));
    expect(
      await failureOf(ids({ endpoint: "https://hub.test", fetch: fetchNothing })),
    ).toMatchObject({
      code: "hub/unreachable",
    });
  });
});

test.each(["loginPage", "truncatedJson"] as const)(
  "a %s in the place of a list is told as what it is",
  async (kind) => {
    const hub = await start();
    hub.faults.add({ on: "api", kind });
    expect(await failureOf(ids({ endpoint: hub.url }))).toMatchObject({
      code: "hub/bad-response",
      hint: expect.stringMatching(kind === "loginPage" ? /captive portal/ : /Try again/),
    });
  },
);

test("a list that is cut short once is asked for again", async () => {
  const hub = await start();
  hub.faults.add({ on: "api", kind: "truncatedJson", times: 1 });
  expect(await ids({ endpoint: hub.url })).toHaveLength(4);
});

describe("listMLXModels", () => {
  test("lists mlx-community as the ancestor did", async () => {
    const hub = await start();
    const models = await listMLXModels({ env: {}, endpoint: hub.url });
    expect(models.map((model) => model.repo_id)).toEqual([
      "mlx-community/beta-4bit",
      "mlx-community/gamma-8bit",
      "mlx-community/alpha-4bit",
    ]);
    expect(models[0]).toMatchObject({
      repo_id: "mlx-community/beta-4bit",
      downloads: 30,
      likes: 1,
      created_at: "2026-01-02T00:00:00.000Z",
      repoId: "mlx-community/beta-4bit",
      createdAt: "2026-01-02T00:00:00.000Z",
    });
  });

  test("filters before it limits, and looks at all authors on request", async () => {
    const hub = await start();
    const list = (options: Parameters<typeof listMLXModels>[0]) =>
      listMLXModels({ env: {}, endpoint: hub.url, ...options });
    expect((await list({ filter: "alpha", limit: 1 })).map(({ repoId }) => repoId)).toEqual([
      "mlx-community/alpha-4bit",
    ]);
    expect(await list({ author: "any" })).toHaveLength(4);
    expect(await list({ author: "acme", sort: "likes" })).toHaveLength(2);
  });

  test("asks for fifty at most when nothing is said", async () => {
    const hub = await start();
    await listMLXModels({ env: {}, endpoint: hub.url });
    expect(hub.log.entries[0]?.url).toContain("limit=50");
  });
});

import { expect, test } from "vitest";
import { goldenHub } from "./golden-hub.ts";

async function listingHub() {
  const hub = await goldenHub({ listPageSize: 50 });
  const readme = (task: string): string =>
    `---\nlibrary_name: mlx\npipeline_tag: ${task}\ntags:\n- mlx\n- chat\n---\n`;
  await hub.store.addRepo(
    "acme/one",
    { "README.md": readme("text-generation") },
    {
      downloads: 5,
      likes: 9,
      createdAt: "2026-03-01T00:00:00.000Z",
      lastModified: "2026-03-01T00:00:00.000Z",
      trendingScore: 1,
    },
  );
  await hub.store.addRepo(
    "other/Two",
    { "README.md": readme("image-to-text") },
    {
      downloads: 50,
      likes: 1,
      createdAt: "2025-01-01T00:00:00.000Z",
      lastModified: "2026-04-01T00:00:00.000Z",
      trendingScore: 2,
    },
  );
  await hub.store.addRepo("lab/secret", {}, { private: true });
  const ids = async (query: string, token?: string): Promise<string[]> => {
    const answer = await hub.ask(`/api/models${query}`, token === undefined ? {} : { token });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { id: string }[]).map((item) => item.id);
  };
  return { ...hub, ids };
}

test("models are found by author, search, filters and task", async () => {
  const { ids } = await listingHub();
  expect(await ids("?author=acme")).toEqual(["acme/one", "acme/tiny"]);
  expect(await ids("?search=TWO")).toEqual(["other/Two"]);
  expect(await ids("?filter=mlx&filter=chat")).toEqual(["other/Two", "acme/one"]);
  expect(await ids("?filter=mlx,chat&pipeline_tag=text-generation")).toEqual(["acme/one"]);
  expect(await ids("?search=nothing")).toEqual([]);
});

test("models are sorted downwards by any of the Hub's keys", async () => {
  const { ids } = await listingHub();
  expect(await ids("?sort=downloads")).toEqual(["other/Two", "acme/tiny", "acme/one"]);
  expect(await ids("?sort=likes")).toEqual(["acme/one", "acme/tiny", "other/Two"]);
  expect(await ids("?sort=createdAt")).toEqual(["acme/one", "acme/tiny", "other/Two"]);
  expect(await ids("?sort=lastModified")).toEqual(["other/Two", "acme/one", "acme/tiny"]);
  expect(await ids("?sort=trendingScore")).toEqual(["other/Two", "acme/one", "acme/tiny"]);
});

test("a private repo is listed for who may read it", async () => {
  const { ids } = await listingHub();
  expect(await ids("?author=lab")).toEqual([]);
  expect(await ids("?author=lab", "hf_anna")).toEqual(["lab/secret"]);
});

test("a listing goes on over pages by its cursor", async () => {
  const { ask } = await listingHub();
  const first = await ask("/api/models?limit=2&sort=likes&expand=likes&expand=gated");
  const next =
    /^<http:\/\/127\.0\.0\.1:9(.*)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(next).toContain("sort=likes&expand=likes&expand=gated&cursor=");
  expect(await first.json()).toHaveLength(2);
  const second = await ask(next);
  expect(second.headers.get("link")).toBeNull();
  expect(await second.json()).toEqual([
    { _id: expect.any(String), id: "other/Two", gated: false, likes: 1 },
  ]);
});

test("without expand the classic fields come, with full some more", async () => {
  const { ask } = await listingHub();
  const [classic] = (await (await ask("/api/models?search=tiny")).json()) as object[];
  expect(Object.keys(classic ?? {}).toSorted()).toEqual([
    "_id",
    "createdAt",
    "downloads",
    "id",
    "library_name",
    "likes",
    "modelId",
    "pipeline_tag",
    "private",
    "tags",
    "trendingScore",
  ]);
  const [full] = (await (await ask("/api/models?search=tiny&full=true")).json()) as object[];
  expect(full).toMatchObject({
    author: "acme",
    sha: expect.any(String),
    siblings: expect.any(Array),
  });
});

test("limits, cursors and sorts that make no sense are refused", async () => {
  const { ask } = await listingHub();
  for (const query of ["limit=x", "limit=-1", "cursor=%00", "sort=__proto__", "sort=size"]) {
    const answer = await ask(`/api/models?${query}`);
    expect([query, answer.status]).toEqual([query, 400]);
    expect(await answer.json()).toHaveProperty("error");
  }
});

test("models are found by app, by provider and by their number of parameters", async () => {
  const { ids, store } = await listingHub();
  expect(await ids("?apps=mlx-lm")).toEqual(["acme/one", "acme/tiny"]);
  expect(await ids("?apps=ollama")).toEqual([]);
  store.changeSettings("other/Two", {
    info: { inferenceProviderMapping: { fal: { status: "live" } } },
  });
  expect(await ids("?inference_provider=fal")).toEqual(["other/Two"]);
  expect(await ids("?inference_provider=all&inference=warm")).toEqual(["other/Two"]);
  expect(await ids("?num_parameters=min:3,max:1K")).toEqual(["acme/tiny"]);
  expect(await ids("?num_parameters=max:3")).toEqual([]);
});

test("datasets and spaces have listings of their own, with their own fields", async () => {
  const { ask, store } = await listingHub();
  const readme = "---\nlicense: mit\n---\n# Data\n\nNumbers.\n";
  await store.addRepo("acme/data", { "README.md": readme }, { repoType: "dataset" });
  await store.addRepo(
    "acme/app",
    { "README.md": "---\nsdk: gradio\n---\n" },
    { repoType: "space" },
  );
  const [dataset] = (await (await ask("/api/datasets?author=acme")).json()) as object[];
  expect(dataset).toMatchObject({ id: "acme/data", description: "Numbers.", gated: false });
  expect(dataset).not.toHaveProperty("modelId");
  const spaces = (await (await ask("/api/spaces?search=app")).json()) as object[];
  expect(spaces).toMatchObject([{ id: "acme/app", sdk: "gradio" }]);
  expect(await (await ask("/api/kernels")).json()).toEqual([]);
});

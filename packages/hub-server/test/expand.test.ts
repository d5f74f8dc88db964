import { expect, test } from "vitest";
import { COMMIT, goldenHub } from "./golden-hub.ts";

const json = async (answer: Promise<Response>) => (await (await answer).json()) as never;

test("expand tells of each path the commit that changed it last, and of files what the scanners say", async () => {
  const { ask, store } = await goldenHub();
  const { commit } = await store.addRepo(
    "acme/tiny",
    { "README.md": "# two\n", "config.json": '{"model_type":"llama"}\n', "sub/dir/notes.txt": "x" },
    {
      title: "Two",
      lastModified: "2026-02-02T00:00:00.000Z",
      scans: {
        "config.json": {
          status: "unsafe",
          pickleImportScan: {
            status: "unsafe",
            pickleImports: [{ module: "builtins", name: "eval", safety: "dangerous" }],
          },
        },
        "README.md": "queued",
      },
    },
  );
  const items: { path: string; lastCommit: { id: string }; securityFileStatus: never }[] =
    await json(ask("/api/models/acme/tiny/tree/main?recursive=true&expand=1"));
  expect(items.map(({ path, lastCommit }) => [path, lastCommit.id])).toEqual([
    ["sub", commit],
    ["README.md", commit],
    ["config.json", COMMIT],
    ["sub/dir", commit],
    ["sub/dir/notes.txt", commit],
  ]);
  expect(items[1]).toMatchObject({
    lastCommit: { title: "Two", date: "2026-02-02T00:00:00.000Z" },
    securityFileStatus: {
      status: "queued",
      avScan: { status: "safe" },
      pickleImportScan: { status: "unscanned", pickleImports: [] },
      jFrogScan: { status: "unscanned" },
      protectAiScan: { status: "unscanned" },
      virusTotalScan: { status: "unscanned" },
    },
  });
  expect(items[2]?.securityFileStatus).toMatchObject({
    status: "unsafe",
    pickleImportScan: { status: "unsafe", pickleImports: [{ safety: "dangerous" }] },
  });
  const summary = { scansDone: false, filesWithIssues: [{ path: "config.json", level: "unsafe" }] };
  expect(await json(ask("/api/models/acme/tiny?securityStatus=true"))).toMatchObject({
    id: "acme/tiny",
    securityRepoStatus: summary,
  });
  expect(await json(ask("/api/models/acme/tiny/scan"))).toEqual(summary);
});

test("an unknown expand is refused with all that there are, and usedStorage in a listing only", async () => {
  const { ask } = await goldenHub();
  const refused = await ask("/api/models/acme/tiny?expand=sha&expand=bogus");
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({
    error: expect.stringMatching(
      /^Invalid option: expected one of "author"\|.*\|"usedStorage" at expand\[1\]$/,
    ),
  });
  expect((await ask("/api/models/acme/tiny?expand[]=usedStorage")).status).toBe(200);
  expect((await ask("/api/models?expand[]=usedStorage")).status).toBe(400);
  expect((await ask("/api/spaces?expand=pipeline_tag")).status).toBe(400);
});

test("a repo's answer holds what a test says of it beside what its files say", async () => {
  const { ask, store } = await goldenHub();
  store.changeSettings("acme/tiny", { info: { gguf: { total: 4 }, widgetData: [] } });
  const expanded = await ask("/api/models/acme/tiny?expand[]=gguf&expand[]=widgetData");
  expect(await expanded.json()).toEqual({
    _id: expect.any(String),
    id: "acme/tiny",
    gguf: { total: 4 },
    widgetData: [],
  });
});

import { expect, test } from "vitest";
import { startTestHub } from "../src/testing/index.ts";
import { GOLDEN_FILES } from "./golden-hub.ts";

test("a dataset, a space and a model of one id are three repos, each served under its own address", async () => {
  await using hub = await startTestHub();
  await hub.addRepo("acme/tiny", GOLDEN_FILES);
  const ask = (path: string): Promise<Response> => fetch(hub.url + path);
  for (const repoType of ["dataset", "space"] as const) {
    const files = { "data/a.txt": repoType, "data/b.bin": Buffer.from(`bytes of a ${repoType}`) };
    await hub.addRepo("acme/tiny", files, { repoType, lfs: { "data/b.bin": true } });
    const tree = await (await ask(`/api/${repoType}s/acme/tiny/tree/main?recursive=true`)).text();
    expect(tree).toContain('"data/b.bin"');
    expect(tree).not.toContain("config.json");
    for (const [path, content] of Object.entries(files)) {
      const answer = await ask(`/${repoType}s/acme/tiny/resolve/main/${path}`);
      expect([answer.status, await answer.text()]).toEqual([200, content.toString()]);
      expect(answer.redirected).toBe(true);
      expect(hub.log.entries.at(-1)).toMatchObject({ repoId: "acme/tiny", path });
    }
  }
  expect((await ask("/kernels/acme/tiny/resolve/main/data/a.txt")).status).toBe(401);
  expect((await ask("/acme/tiny/resolve/main/data/a.txt")).status).toBe(404);
  expect((await ask("/acme/tiny/resolve/main/config.json")).status).toBe(200);
  expect(await (await ask("/api/models?search=tiny")).json()).toHaveLength(1);
});

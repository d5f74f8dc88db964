import { rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findCached } from "../src/download/find-cached.ts";
import { findRepoId } from "../src/find/find-repo.ts";
import { exists, failure, MODEL, startRoad } from "./fixture.ts";
import { serve } from "./serve.ts";

const HERE = { env: {}, token: false } as const;

test("a shortened commit finds the snapshot in the cache", async () => {
  const { hub, get, cacheDir } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  const { path } = await get("acme/tiny");
  const ref = `acme/tiny@${commit.slice(0, 7)}`;
  expect(await get(ref, { offline: true })).toMatchObject({ commit, path, fromCache: true });
  expect(await findCached(ref, { ...HERE, cacheDir })).toMatchObject({ commit });
  const other = await failure(get("acme/tiny@fffffff", { offline: true }));
  expect(other.code).toBe("offline/not-cached");
});

test("a shortened commit is what the Hub says it is", async () => {
  const { hub, get, cacheDir } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  // As the real Hub answers (October 2026): 200 with the whole hash.
  hub.faults.add({
    on: "api",
    path: /\/revision\/[0-9a-f]{7}$/,
    kind: "status",
    status: 200,
    body: JSON.stringify({ id: "acme/tiny", sha: commit }),
  });
  const short = commit.slice(0, 7);
  expect(await get(`acme/tiny@${short}`)).toMatchObject({ revision: short, commit });
  // As the Python client does, so that it finds the revision offline.
  expect(await exists(join(cacheDir, "models--acme--tiny", "refs", short))).toBe(true);
});

test("a renamed repo is told of once, also when only its commit is asked for", async () => {
  const { hub, get, events, cacheDir } = await startRoad();
  const { commit } = await hub.addRepo("edge/tiny", MODEL, { renamedFrom: ["acme/tiny"] });
  const warnings = () => events.filter(({ type }) => type === "warning");
  await get("acme/tiny");
  expect(warnings()).toMatchObject([
    { code: "hub/renamed", message: expect.stringContaining("edge instead of acme") },
  ]);
  await rm(cacheDir, { recursive: true });
  events.length = 0;
  await get(`acme/tiny@${commit}`);
  expect(warnings()).toMatchObject([{ code: "hub/renamed" }]);
});

test("an old id without an owner and one in other capitals come without a word", async () => {
  const { hub, get, events, cacheDir } = await startRoad();
  await hub.addRepo("openai-community/gpt2", MODEL, {
    renamedFrom: ["gpt2", "OpenAI-Community/GPT2"],
  });
  for (const name of ["gpt2", "OpenAI-Community/GPT2"]) await get(name);
  expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  expect(await exists(join(cacheDir, "models--gpt2", "refs", "main"))).toBe(true);
  const options = { ...HERE, endpoint: hub.url };
  expect(await findRepoId("gpt2", options)).toBe("openai-community/gpt2");
  expect(await findRepoId("gpt3", options)).toBeUndefined();
});

test("the token goes along when a file of a renamed repo is redirected, and to no other host", async () => {
  const { hub, get } = await startRoad();
  hub.store.addUser({ name: "anna", tokens: ["hf_annas_token"] });
  await hub.addRepo("edge/tiny", MODEL, {
    renamedFrom: ["acme/tiny"],
    private: true,
    readers: ["anna"],
  });
  // The Hub redirects /resolve/ of the old id to an absolute address of the new one (hf-hub issue 103, 2025).
  const front = await serve((request, response) => {
    const { url = "", headers } = request;
    const to = url.replace(/^\/acme\/tiny\/resolve\//, "/edge/tiny/resolve/");
    if (to !== url) {
      response.writeHead(307, { location: `http://${headers.host}${to}` }).end();
      return;
    }
    void forward(`${hub.url}${url}`, headers.authorization, response);
  });
  const result = await get("acme/tiny", { endpoint: front.url, token: "hf_annas_token" });
  expect(result.files).toHaveLength(4);
  const asked = front.requests.filter(({ path }) => path.includes("/resolve/"));
  expect(asked.length).toBeGreaterThan(4);
  expect(asked.every(({ headers }) => headers.authorization === "Bearer hf_annas_token")).toBe(
    true,
  );
  expect(hub.log.of({ target: "cdn" }).some(({ authorization }) => authorization)).toBe(false);
});

/** Passes a question on to a Hub, and its answer back as it is. */
async function forward(
  address: string,
  authorization: string | undefined,
  response: ServerResponse,
): Promise<void> {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await fetch(address, { redirect: "manual", headers });
  for (const name of ["content-type", "location", "x-error-code", "x-repo-commit"]) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}

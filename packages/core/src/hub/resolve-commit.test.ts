import { describe, expect, test } from "vitest";
import { clientFor } from "../../test/hub-client.ts";
import { failureOf, serve } from "../../test/serve.ts";
import { resolveCommit } from "./resolve-commit.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

describe("resolveCommit", () => {
  test("asks for the quoted revision, keeping the slash of the repo id", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.end(JSON.stringify({ id: "acme/tiny", sha: COMMIT.toUpperCase() }));
    });
    const { client, events } = clientFor(url);
    expect(await resolveCommit(client, { repoId: "acme/tiny", revision: "refs/pr/1" })).toEqual({
      repoId: "acme/tiny",
      revision: "refs/pr/1",
      commit: COMMIT,
    });
    expect(requests.map(({ path }) => path)).toEqual([
      "/api/models/acme/tiny/revision/refs%2Fpr%2F1?expand=sha",
    ]);
    expect(events).toEqual([]);
  });

  test("takes main as the default, and a full commit as it is", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.end(JSON.stringify({ sha: COMMIT }));
    });
    const { client } = clientFor(url);
    expect(await resolveCommit(client, { repoId: "gpt2" })).toMatchObject({ revision: "main" });
    expect(requests[0]?.path).toBe("/api/models/gpt2/revision/main?expand=sha");
    expect(await resolveCommit(client, { repoId: "gpt2", revision: COMMIT })).toMatchObject({
      commit: COMMIT,
    });
    expect(requests).toHaveLength(1);
  });

  test("asks about a short hash, which only the server knows", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.end(JSON.stringify({ sha: COMMIT }));
    });
    const { client } = clientFor(url);
    const revision = COMMIT.slice(0, 7);
    expect(await resolveCommit(client, { repoId: "a/b", revision })).toMatchObject({
      commit: COMMIT,
    });
    expect(requests).toHaveLength(1);
  });

  test("keeps the id that was asked for when the repo was renamed, and says so", async () => {
    const { url } = await serve((request, response) => {
      if (request.url?.startsWith("/api/models/old/name/")) {
        const location = request.url.replace("old/name", "new/name");
        response.writeHead(307, { location, "content-length": "278" }).flushHeaders();
      } else response.end(JSON.stringify({ id: "new/name", sha: COMMIT }));
    });
    const { client, events } = clientFor(url);
    expect(await resolveCommit(client, { repoId: "old/name" })).toMatchObject({
      repoId: "old/name",
    });
    expect(events).toMatchObject([{ type: "warning", code: "hub/renamed" }]);
  });

  test.each<[string, unknown, string]>([
    ["an empty commit", { sha: "", siblings: null }, "hub/revision-not-found"],
    ["no commit", {}, "hub/revision-not-found"],
    ["a null commit", { sha: null }, "hub/revision-not-found"],
    ["a path for a commit", { sha: "../../../evil" }, "hub/bad-response"],
    ["a short commit", { sha: "0123456" }, "hub/bad-response"],
    ["a number", { sha: 7 }, "hub/bad-response"],
    ["an array", [], "hub/bad-response"],
    ["null", null, "hub/bad-response"],
  ])("refuses %s", async (_name, body, code) => {
    const { url } = await serve((_request, response) => void response.end(JSON.stringify(body)));
    const { client } = clientFor(url);
    expect(await failureOf(resolveCommit(client, { repoId: "a/b", revision: "v1" }))).toMatchObject(
      {
        code,
        repoId: "a/b",
      },
    );
  });

  test("asks again when a 404 does not say what is missing", async () => {
    const existing = new Set(["there"]);
    const { url } = await serve((request, response) => {
      const [, , , , name = "", revision] = request.url?.split(/[/?]/) ?? [];
      if (existing.has(name) && revision !== "revision") response.end("{}");
      else response.writeHead(404).end('{"error":"not found"}');
    });
    const { client } = clientFor(url);
    expect(await failureOf(resolveCommit(client, { repoId: "a/there" }))).toMatchObject({
      code: "hub/revision-not-found",
    });
    expect(await failureOf(resolveCommit(client, { repoId: "a/absent" }))).toMatchObject({
      code: "hub/repo-not-found",
    });
  });

  test("asks nothing more when the server's code says it", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(404, { "x-error-code": "RevisionNotFound" }).end();
    });
    const { client } = clientFor(url);
    await failureOf(resolveCommit(client, { repoId: "a/b" }));
    expect(requests).toHaveLength(1);
  });
});

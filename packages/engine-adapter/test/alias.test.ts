import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { addModels } from "@mlx-download/project";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { ensureModel } from "../src/index.ts";
import { failureOf, startStage, type Stage, TINY } from "./fixture.ts";

/** A stage with a project that has the tiny model as `chat`, and a branch that has moved on since. */
async function startProject(): Promise<Stage & { readonly project: string }> {
  const stage = await startStage();
  const project = await tempDir();
  const { endpoint, env } = stage.options;
  const cacheDir = join(await tempDir(), "hub");
  const options = { endpoint, env: { ...env, HOME: project }, cacheDir, token: false } as const;
  await addModels(project, [{ alias: "chat", ref: TINY }], options);
  await stage.hub.addRepo(TINY, { ...tinyModelFiles(), "new.txt": "new" });
  stage.hub.log.clear();
  return { ...stage, project };
}

test("an alias of the project brings the model as it is locked, asking for bytes alone", async () => {
  const { hub, commit, options, project } = await startProject();
  const [one, other] = await Promise.all([
    ensureModel("chat", { ...options, project: join(project, "src") }),
    ensureModel("chat", { ...options, project }),
  ]);
  expect(one).toMatchObject({ repoId: TINY, commit, revision: commit, fromCache: false });
  expect(other.path).toBe(one.path);
  expect(hub.log.of({ target: "api" })).toEqual([]);
  hub.log.clear();
  expect(await ensureModel("chat", { ...options, project })).toMatchObject({ fromCache: true });
  expect(hub.log.entries).toEqual([]);
});

test("a word without a slash is a repo where no project has it as an alias, or none is wanted", async () => {
  const { options, project, hub } = await startProject();
  const failed = await failureOf(ensureModel("chat", { ...options, project: false }));
  expect(failed.code).toBe("hub/repo-not-found");
  const other = await failureOf(ensureModel("other", { ...options, project }));
  expect(other.code).toBe("hub/repo-not-found");
  hub.log.clear();
  await ensureModel(TINY, { ...options, project });
  expect(hub.log.of({ target: "api" }).length).toBeGreaterThan(0);
});

test("an alias that is not locked as wanted, or asked for otherwise, is refused", async () => {
  const { options, project, hub } = await startProject();
  const both = await failureOf(ensureModel("chat", { ...options, project, revision: "main" }));
  expect(both.code).toBe("engine/invalid-input");
  await writeFile(join(project, "mlx-models.json"), '{"models":{"chat":"acme/other"}}');
  const stale = await failureOf(ensureModel("chat", { ...options, project }));
  expect(stale).toMatchObject({
    code: "lock/out-of-date",
    hint: expect.stringContaining("install"),
  });
  expect(hub.log.entries).toEqual([]);
});

import { checkRepoId } from "@mlx-download/cache";
import { rollbackModel } from "@mlx-download/core";
import { Hono } from "hono";
import { checkUpdate, readDifference, readVersions } from "../versions/read-versions.ts";
import type { WebParts } from "../web.ts";
import { readBody, textOf } from "./read-body.ts";

/** The routes of a model's versions. */
export function versionRoutes({ cacheDir, hub, changed }: WebParts): Hono {
  const wishOf = (
    repoId: unknown,
    revision: unknown = "main",
  ): { repoId: string; revision: string } => ({
    repoId: checkRepoId(textOf(repoId, "repoId")),
    revision: textOf(revision, "revision"),
  });
  return new Hono()
    .get("/", async (c) => {
      const wish = wishOf(c.req.query("repoId"), c.req.query("revision"));
      return c.json(await readVersions({ ...hub, ...wish, cacheDir, signal: c.req.raw.signal }));
    })
    .get("/difference", async (c) => {
      const { repoId } = wishOf(c.req.query("repoId"));
      const from = textOf(c.req.query("from"), "from");
      const to = textOf(c.req.query("to"), "to");
      const { signal } = c.req.raw;
      return c.json(await readDifference({ ...hub, repoId, from, to, cacheDir, signal }));
    })
    .post("/check", async (c) => {
      const { repoId, revision } = await readBody(c.req.raw);
      const wish = wishOf(repoId, revision);
      return c.json(await checkUpdate({ ...hub, ...wish, cacheDir, signal: c.req.raw.signal }));
    })
    .post("/rollback", async (c) => {
      const { repoId, revision, to } = await readBody(c.req.raw);
      const wish = wishOf(repoId, revision);
      const options = {
        cacheDir,
        env: hub.env,
        to: to === undefined ? undefined : textOf(to, "to"),
      };
      const { from, to: now } = await rollbackModel(wish, options);
      changed();
      return c.json({ ...wish, from, to: now });
    });
}

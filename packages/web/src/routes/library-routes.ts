import { pinModel, repoLayout, unpinModel } from "@mlx-download/cache";
import { checkRepoId } from "@mlx-download/cache";
import { Hono } from "hono";
import { badRequest } from "../errors.ts";
import { readLibrary } from "../library/read-library.ts";
import type { RemovalWish } from "../library/removals.ts";
import type { WebParts } from "../web.ts";
import { countOf, readBody, textOf } from "./read-body.ts";

/** The routes of the cache. A repo is named by its id alone, never by a path. */
export function libraryRoutes(parts: WebParts): Hono {
  const { cacheDir, removals, verifications, changed } = parts;
  return new Hono()
    .get("/", async (c) => c.json(await readLibrary(cacheDir, c.req.raw.signal)))
    .post("/verify", async (c) => {
      const { repoId, action = "start" } = await readBody(c.req.raw);
      const id = checkRepoId(textOf(repoId, "repoId"));
      if (action === "stop") verifications.stop(id);
      else if (action === "dismiss") verifications.dismiss(id);
      else verifications.start(id);
      return c.json({});
    })
    .post("/pin", async (c) => {
      const { repoId, pinned } = await readBody(c.req.raw);
      const layout = repoLayout(cacheDir, checkRepoId(textOf(repoId, "repoId")));
      if (pinned === true) await pinModel(layout);
      else await unpinModel(layout);
      changed();
      return c.json({});
    })
    .post("/preview", async (c) =>
      c.json(await removals.preview(wishOf(await readBody(c.req.raw)))),
    )
    .post("/remove", async (c) =>
      c.json(await removals.schedule(wishOf(await readBody(c.req.raw)))),
    )
    .post("/undo", async (c) => {
      const { id } = await readBody(c.req.raw);
      return c.json({ undone: removals.undo(textOf(id, "id")) });
    });
}

function wishOf({ repoIds, maxBytes }: Readonly<Record<string, unknown>>): RemovalWish {
  if (maxBytes !== undefined) return { kind: "evict", maxBytes: countOf(maxBytes, "maxBytes") };
  if (!Array.isArray(repoIds) || repoIds.length === 0 || repoIds.length > 500) {
    throw badRequest("Nothing says what to remove.", "Choose a model.");
  }
  return {
    kind: "repos",
    repoIds: repoIds.map((repoId: unknown) => checkRepoId(textOf(repoId, "repoId"))),
  };
}

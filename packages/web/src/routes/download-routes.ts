import { parseRepoRef } from "@mlx-download/core";
import { Hono } from "hono";
import type { WebParts } from "../web.ts";
import { countOf, readBody, textOf } from "./read-body.ts";

/** The routes of the queue. A download is named by its id alone. */
export function downloadRoutes({ queue, refs }: WebParts): Hono {
  return new Hono()
    .post("/", async (c) => {
      const body = await readBody(c.req.raw);
      const { repoId, revision = "main" } = parseRepoRef(textOf(body["ref"], "ref"), refs);
      return c.json(await queue.add({ repoId, revision }));
    })
    .post("/clear", async (c) => {
      await queue.clearDone();
      return c.json({});
    })
    .post("/limits", async (c) => {
      await queue.limit(await readBody(c.req.raw));
      return c.json({});
    })
    .post("/:id/pause", async (c) => {
      await queue.pause(c.req.param("id"));
      return c.json({});
    })
    .post("/:id/resume", async (c) => {
      await queue.resume(c.req.param("id"));
      return c.json({});
    })
    .post("/:id/cancel", async (c) => {
      const { what } = await readBody(c.req.raw);
      await queue.cancel(c.req.param("id"), what === "delete" ? "delete" : "keep");
      return c.json({});
    })
    .post("/:id/move", async (c) => {
      const { place } = await readBody(c.req.raw);
      await queue.move(c.req.param("id"), countOf(place, "place"));
      return c.json({});
    });
}

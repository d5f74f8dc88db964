import { Hono } from "hono";
import type { NeighboursPage } from "../contract-neighbours.ts";
import { badRequest } from "../errors.ts";
import type { WebParts } from "../web.ts";
import { readBody, textOf } from "./read-body.ts";

/** The routes of neighbours. A network is named by the id that this server gave it, never by an address. */
export function neighbourRoutes({ sharing, taken, takes }: WebParts): Hono {
  return new Hono()
    .get("/", async (c) => {
      const state = await sharing.read();
      const page: NeighboursPage = { ...state, taken: taken.list(), takes };
      return c.json(page);
    })
    .post("/share", async (c) => {
      await sharing.turn(switchOf((await readBody(c.req.raw))["on"], "on"));
      return c.json({});
    })
    .post("/network", async (c) => {
      const { id, allowed } = await readBody(c.req.raw);
      await sharing.decide(textOf(id, "id"), switchOf(allowed, "allowed"));
      return c.json({});
    });
}

function switchOf(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw badRequest(`${name} is neither true nor false.`, "Reload the page.");
}

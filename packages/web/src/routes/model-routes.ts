import { listRepos } from "@mlx-download/cache";
import { parseRepoRef, readCard, type RepoRef } from "@mlx-download/core";
import { chipNames, estimateFit, type Machine } from "@mlx-download/fit";
import type { CatalogueModel } from "@mlx-download/registry";
import { type Context, Hono } from "hono";
import type { CardPage, FitWord, FoundModel, SearchPage } from "../contract.ts";
import { machineFacts, readModel } from "../models/read-model.ts";
import type { WebParts } from "../web.ts";
import { textOf } from "./read-body.ts";

const MOST_FOUND = 200;
/** Longer cards are cut for the page (characters). */
const MOST_CARD = 256 * 1024;

/** The routes of models: a search, one model, its card. */
export function modelRoutes({ cacheDir, hub, refs, search, findMachine }: WebParts): Hono {
  const machineOf = (c: Context): Promise<Machine> =>
    findMachine({ memory: c.req.query("memory"), chip: c.req.query("chip") });
  const refOf = (c: Context): RepoRef => {
    const ref = parseRepoRef(textOf(c.req.query("ref"), "ref"), refs);
    const revision = c.req.query("revision");
    return revision === undefined ? ref : { ...ref, revision };
  };
  return new Hono()
    .get("/search", async (c) => {
      const [machine, repos] = await Promise.all([
        machineOf(c),
        listRepos(cacheDir).catch(() => []),
      ]);
      const here = new Set(
        repos.filter(({ repoType }) => repoType === "model").map(({ repoId }) => repoId),
      );
      const fits = (model: CatalogueModel): FitWord => verdict(model, machine);
      const answer = await search({
        query: (c.req.query("q") ?? "").slice(0, 400),
        limit: MOST_FOUND,
        here,
        fits: (model) => ["yes", "tight"].includes(fits(model)),
        signal: c.req.raw.signal,
      });
      const page: SearchPage = {
        models: answer.models.map((model) => row(model, { here, fits: fits(model) })),
        total: answer.total,
        more: answer.more,
        corrected: answer.corrected,
        source: {
          kind: answer.source,
          at: answer.age.at,
          seed: answer.age.source === "seed",
        },
        machine: machineFacts(machine),
      };
      return c.json(page);
    })
    .get("/chips", (c) => c.json(chipNames))
    .get("/model", async (c) => {
      const machine = await machineOf(c);
      return c.json(await readModel(refOf(c), { ...hub, machine, signal: c.req.raw.signal }));
    })
    .get("/card", async (c) => {
      const { repoId, commit, license, text } = await readCard(refOf(c), {
        ...hub,
        signal: c.req.raw.signal,
      });
      const cut = text.length > MOST_CARD;
      const page: CardPage = { repoId, commit, license, text: text.slice(0, MOST_CARD), cut };
      return c.json(page);
    });
}

function verdict(model: CatalogueModel, { wiredLimitBytes }: Machine): FitWord {
  const { weightsBytes, weightsSource, parameters } = model;
  return weightsBytes === null || weightsSource === null
    ? "unknown"
    : estimateFit(
        { bytes: weightsBytes, parameters, source: weightsSource, atMost: false },
        wiredLimitBytes,
      );
}

function row(
  model: CatalogueModel,
  { here, fits }: { readonly here: ReadonlySet<string>; readonly fits: FitWord },
): FoundModel {
  const { repoId, downloads, likes, modifiedAt, quantization, parameters } = model;
  const { weightsBytes, license, task, base, gated } = model;
  return {
    repoId,
    downloads,
    likes,
    modifiedAt,
    quantization,
    parameters,
    weightsBytes,
    license,
    task,
    base,
    gated: gated !== null,
    here: here.has(repoId),
    fits,
  };
}

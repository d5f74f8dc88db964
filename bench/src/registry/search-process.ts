// A process of the benchmark: builds an index of listed models and searches it, and prints what that took, as JSON.
// node search-process.ts ENGINE FOLDER, where FOLDER has page-<n>.json with the lists and queries.json.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openRegistry, searchCatalogue, syncCatalogue } from "@mlx-download/registry";
import MiniSearch from "minisearch";
import type { ListedEntry, WantedModel } from "./synthetic-models.ts";

/** What one engine took; times are of the processor, in ms. */
export interface SearchTimes {
  readonly build: number;
  readonly median: number;
  readonly p99: number;
  /** Opening what is built and answering once, without the start of Node; of memory, there is none. */
  readonly cold: number | undefined;
  /** Share of the queries whose model was among the first three. */
  readonly right: number;
  readonly peakBytes: number;
  readonly storedBytes: number | undefined;
}

type Search = (query: string) => readonly string[];

const [engine = "", folder = ""] = process.argv.slice(2);
const page = (at: number): readonly ListedEntry[] =>
  JSON.parse(readFileSync(join(folder, `page-${at}.json`), "utf8")) as readonly ListedEntry[];
const { queries, pages } = JSON.parse(readFileSync(join(folder, "queries.json"), "utf8")) as {
  readonly queries: readonly WantedModel[];
  readonly pages: number;
};
const path = join(folder, "registry.db");

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function registry(): Promise<Search> {
  const opened = openRegistry({ path });
  await syncCatalogue(opened, {
    endpoint: "https://hub.example",
    listModels: async ({ next = "0" }) => {
      const at = Number(next);
      return { items: page(at), ...(at + 1 < pages && { next: String(at + 1) }) };
    },
    findModel: async () => undefined,
  });
  return searchOf(opened);
}

const searchOf =
  (opened: ReturnType<typeof openRegistry>): Search =>
  (query) =>
    searchCatalogue(opened, query, { limit: 3 }).models.map(({ repoId }) => repoId);

async function miniSearch(): Promise<Search> {
  const index = new MiniSearch({
    fields: ["id", "text"],
    searchOptions: { prefix: true, fuzzy: 0.25, combineWith: "AND" },
    tokenize: (text) => text.split(/[^a-z0-9]+/i),
  });
  for (let at = 0; at < pages; at += 1) {
    index.addAll(page(at).map(({ id, tags }) => ({ id, text: tags.join(" ") })));
  }
  return (query) =>
    index
      .search(query)
      .slice(0, 3)
      .map((found) => String(found["id"]));
}

async function scan(): Promise<Search> {
  const names: { readonly id: string; readonly name: string }[] = [];
  const squeeze = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "");
  for (let at = 0; at < pages; at += 1) {
    for (const { id } of page(at)) names.push({ id, name: squeeze(id) });
  }
  return (query) => {
    const words = query.toLowerCase().split(/\s+/).map(squeeze);
    return names
      .filter(({ name }) => words.every((word) => name.includes(word)))
      .toSorted((a, b) => a.name.length - b.name.length)
      .slice(0, 3)
      .map(({ id }) => id);
  };
}

const engines: Readonly<Record<string, () => Promise<Search>>> = { registry, miniSearch, scan };
const started = cpuMs();
const search = await engines[engine]?.();
if (!search) throw new Error(`there is no engine ${engine}`);
const build = cpuMs() - started;
const times: number[] = [];
let right = 0;
for (const { query, wanted } of queries) {
  const before = cpuMs();
  const found = search(query);
  times.push(cpuMs() - before);
  if (found.includes(wanted)) right += 1;
}
times.sort((a, b) => a - b);
const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
let cold: number | undefined;
if (engine === "registry") {
  const before = cpuMs();
  searchOf(openRegistry({ path }))(queries[0]?.query ?? "");
  cold = cpuMs() - before;
}
const result: SearchTimes = {
  build,
  median: at(0.5),
  p99: at(0.99),
  cold,
  right: right / queries.length,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  storedBytes: engine === "registry" ? statSync(path).size : undefined,
};
process.stdout.write(JSON.stringify(result));

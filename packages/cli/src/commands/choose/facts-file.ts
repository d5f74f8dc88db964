import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ModelFacts, RememberedModel } from "@mlx-download/core";
import { findHome } from "../../shell/home.ts";

/** Descriptions that are kept in a file from one command to the next. */
export interface FactsFile extends ModelFacts {
  /** Writes what is new. A write error is ignored: the next command reads the models once more. */
  save(): Promise<void>;
}

interface Entry extends RememberedModel {
  readonly commit: string;
}

interface Stored {
  readonly schema: 1;
  readonly models: Readonly<Record<string, Entry>>;
}

/** One commit a model, and so many models: the latest ones. A description takes about 3 KB. */
const mostModels = 2000;

const factsPath = (env: NodeJS.ProcessEnv): string => {
  const base = env["XDG_STATE_HOME"]?.trim() || join(findHome(env) ?? "", ".local", "state");
  return join(base, "mlx-download", "model-facts.json");
};

/** Opens the file of the user's state folder. One that is not there or cannot be read is empty. */
export async function openFacts(env: NodeJS.ProcessEnv): Promise<FactsFile> {
  const path = factsPath(env);
  const models = await stored(path);
  const added = new Map<string, Entry>();
  const of = (known: ReadonlyMap<string, Entry>, repoId: string, commit: string) => {
    const entry = known.get(repoId);
    return entry?.commit === commit ? entry : undefined;
  };
  return {
    read: (repoId, commit) => of(added, repoId, commit) ?? of(models, repoId, commit),
    write: (repoId, commit, model) => void added.set(repoId, { commit, ...model }),
    async save() {
      if (added.size === 0) return;
      try {
        // Another command may have saved meanwhile.
        const others = [...(await stored(path))].filter(([repoId]) => !added.has(repoId));
        const kept = Object.fromEntries([...others, ...added].slice(-mostModels));
        const { replaceBeside } = await import("@mlx-download/cache/writing");
        const content: Stored = { schema: 1, models: kept };
        await mkdir(dirname(path), { recursive: true });
        await replaceBeside(path, JSON.stringify(content));
      } catch {
        // The models are read once more.
      }
    },
  };
}

async function stored(path: string): Promise<ReadonlyMap<string, Entry>> {
  try {
    const { schema, models } = JSON.parse(await readFile(path, "utf8")) as Partial<Stored>;
    return schema === 1 && models ? new Map(Object.entries(models).filter(isEntry)) : new Map();
  } catch {
    return new Map();
  }
}

const isEntry = ([, entry]: [string, Partial<Entry> | null]): boolean =>
  typeof entry?.commit === "string" &&
  typeof entry.by === "string" &&
  typeof entry.description === "object";

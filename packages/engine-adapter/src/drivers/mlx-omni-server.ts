import { readRef } from "@mlx-download/cache";
import type { Engine, EngineModel } from "../contract/engine.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import { cachedFolder } from "../ensure/cached-folder.ts";
import { type ProbedServerKind, type ServedModel, servedEngine } from "./served-engine.ts";

export type { ChatMessage, ChatOptions, ServedModel } from "./served-engine.ts";

const kind: ProbedServerKind = {
  name: "mlx-omni-server",
  supports: { adapters: true, drafts: true },
  adapterField: "adapter_path",
  draftField: "draft_model",
  probe: {
    path: "v1/chat/completions",
    // With a limit of one token its own statistics fail. A model whose first token is its end has the same effect.
    body: { messages: [{ role: "user", content: "." }], max_tokens: 2, stream: true },
    loadedBy: "status",
  },
};

/**
 * The driver of an mlx-omni-server that runs already. `url` is its base (`http://127.0.0.1:10240`). It must see the
 * same disk, since models are named by their folder. Beside mlx-lm 0.29 and newer the server takes repo ids alone: it then
 * gets the id of a model that is `main` of its cache, and must read the same cache.
 */
export function mlxOmniServer(url: string): Engine<ServedModel> {
  const byFolder = servedEngine(kind, url);
  const byName = servedEngine({ ...kind, modelName: ({ repoId }) => repoId }, url);
  return {
    ...byFolder,
    async load(model, context) {
      try {
        return await byFolder.load(model, context);
      } catch (error) {
        // The server tells its log why, and its client only that it failed.
        const failed = error instanceof EngineAdapterError && error.data["status"] === 500;
        if (!failed || context.signal.aborted || !(await isMain(model))) throw error;
        const served = await byName.load(model, context).catch(() => undefined);
        if (served === undefined) throw error;
        const message = `mlx-omni-server did not take the folder of ${model.repoId}. It loads main of the cache that it reads`;
        context.warn("engine/by-name", message);
        return served;
      }
    },
  };
}

/** Whether a repo's id means this very snapshot to a client that reads the same cache. */
async function isMain({ path, commit }: EngineModel): Promise<boolean> {
  const folder = cachedFolder(path);
  return (
    folder !== undefined && commit !== null && (await readRef(folder.layout, "main")) === commit
  );
}

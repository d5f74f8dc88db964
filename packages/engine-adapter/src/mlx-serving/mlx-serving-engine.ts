import { realpath } from "node:fs/promises";
import type { Engine, EngineModel } from "../contract/engine.ts";
import type { EnsuredModel } from "../contract/engine.ts";
import { realPlace } from "../ensure/trusted-directories.ts";
import { checkEngineId, checkEnginePath } from "./engine-rules.ts";
import type { EngineLoadOptions, EngineModelHandle, LoadableEngine } from "./engine-types.ts";
import { loadInLine, stateOf } from "./load-queue.ts";

/** The driver of an mlx-serving engine that is running: `createEngine()`'s result, hooked or not. */
export function mlxServingEngine<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
): Engine<Handle> {
  const draftOf = new WeakMap<object, string>();
  return {
    name: "mlx-serving",
    loader: "mlx-lm",
    has: (repoId) => engine.getModelInfo === undefined || engine.getModelInfo(repoId) !== undefined,
    supports: { adapters: false, drafts: engine.loadDraftModel !== undefined },
    async checkPlace({ repoId, path }) {
      checkEngineId(repoId);
      checkEnginePath(await realPlace(path));
    },
    loaded(model) {
      if (model.draft !== undefined || model.commit === null) return undefined;
      const handle = engine.getModelInfo?.(model.repoId);
      const same = handle && stateOf(engine).commits.get(handle) === model.commit;
      return same && handle.state === "ready" ? handle : undefined;
    },
    async load(model, { signal, engineOptions, warn }) {
      const options = await optionsFor(model, engineOptions);
      const call = { method: "loadModel", id: model.repoId, options } as const;
      const before = engine.getModelInfo?.(model.repoId);
      const handle = await loadInLine(engine, call, signal);
      if (model.draft) {
        await loadDraft({ ...model, draft: model.draft }, { signal, warn }).catch(
          async (error: unknown) => {
            // No caller gets a handle to the model, so none could free it. A model that was loaded before belongs to
            // another caller.
            if (before !== handle) {
              await engine.unloadModel?.(model.repoId).catch(() => undefined);
            }
            throw error;
          },
        );
        draftOf.set(handle, model.draft.repoId);
      }
      return handle;
    },
    async unload(handle) {
      const draft = draftOf.get(handle);
      if (draft !== undefined) await engine.unloadDraftModel?.(draft);
      await engine.unloadModel?.(handle.descriptor.id);
    },
  };

  async function loadDraft(
    { repoId, draft }: EngineModel & { readonly draft: EnsuredModel },
    context: {
      readonly signal: AbortSignal;
      readonly warn: (code: string, message: string) => void;
    },
  ): Promise<void> {
    const options = await optionsFor(draft, { draft: true });
    const call = { method: "loadDraftModel", id: draft.repoId, options } as const;
    await loadInLine(engine, call, context.signal);
    // Both are loaded: a question that fails takes nothing back.
    const report = await engine
      .isDraftModelCompatible?.(repoId, draft.repoId)
      .catch(() => undefined);
    if (report?.compatible === false) {
      context.warn(
        "engine/draft-incompatible",
        `mlx-serving says that ${draft.repoId} cannot draft for ${repoId}`,
      );
    }
  }
}

async function optionsFor(
  { repoId, commit, path }: EnsuredModel,
  extra: Readonly<Record<string, unknown>>,
): Promise<EngineLoadOptions> {
  return {
    ...extra,
    model: repoId,
    localPath: await realpath(path),
    ...(commit !== null && { revision: commit }),
  };
}

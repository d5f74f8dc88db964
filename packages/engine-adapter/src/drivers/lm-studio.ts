import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import {
  listViews,
  lmStudioModels,
  makeView,
  missingFromView,
  repoLayout,
  viewPath,
} from "@mlx-download/cache";
import type { Engine, EngineModel } from "../contract/engine.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import { isInside } from "../ensure/trusted-directories.ts";

/** The members of `LMStudioClient` of `@lmstudio/sdk` that the driver needs, by shape alone. */
export interface LmStudioClient<Instance> {
  readonly llm: {
    load(modelKey: string, options: { readonly signal: AbortSignal }): Promise<Instance>;
  };
}

/** A model where LM Studio finds it. */
export interface LmStudioModel<Instance> {
  /** Its name in LM Studio's programs and APIs: `org/name`. */
  readonly modelKey: string;
  /** The folder below LM Studio's models. */
  readonly path: string;
  /** The client's model. Undefined without a client. */
  readonly instance: Instance | undefined;
}

/** Options of `lmStudio`. */
export interface LmStudioOptions<Instance> {
  /** LM Studio's folder of models. Default: where its own settings say, else `~/.lmstudio/models`. */
  readonly modelsDir?: string | undefined;
  /** A client of its SDK. Without one the files are put in place, and LM Studio loads when it is asked. */
  readonly client?: LmStudioClient<Instance> | undefined;
}

/**
 * The driver of LM Studio, which sees plain files in `<models>/<org>/<name>` only, not the links of the cache: puts a
 * view there (shared blocks where the file system can), and loads it under its key through the SDK's client, when there
 * is one. A folder named by its path must lie among LM Studio's models already.
 */
export function lmStudio<Instance = never>(
  options: LmStudioOptions<Instance> = {},
): Engine<LmStudioModel<Instance>> {
  const { modelsDir, client } = options;
  return {
    name: "LM Studio",
    supports: { adapters: false, drafts: false },
    async load(model, { signal }) {
      const root = resolve(modelsDir ?? (await lmStudioModels(homedir())));
      const path =
        model.commit === null
          ? await folderInside(root, model.path)
          : await viewOf({ ...model, commit: model.commit }, root, signal);
      const modelKey = relative(await realpath(root), await realpath(path)).replaceAll(sep, "/");
      signal.throwIfAborted();
      const instance = await client?.llm.load(modelKey, { signal });
      const loaded = { modelKey, path, instance };
      if (signal.aborted) {
        await unload(loaded);
        signal.throwIfAborted();
      }
      return loaded;
    },
    unload,
  };
}

/** The view of a snapshot, made when there is none of this commit, or one that lacks files. */
async function viewOf(
  model: EngineModel & { readonly commit: string },
  root: string,
  signal: AbortSignal,
): Promise<string> {
  const { repoId, commit, path } = model;
  // …/<cache>/models--org--name/snapshots/<commit>
  const layout = repoLayout(dirname(dirname(dirname(path))), repoId);
  const target = viewPath(root, repoId, "lmstudio");
  const known = (await listViews(layout)).find((view) => view.path === target);
  if (known?.commit === commit && (await missingFromView(known)).length === 0) return target;
  const revision = model.revision ?? commit;
  const snapshot = { revision, commit };
  return (await makeView(layout, snapshot, { target, signal, program: "lmstudio" })).path;
}

async function folderInside(root: string, path: string): Promise<string> {
  const real = await realpath(root).catch(() => root);
  const config = await stat(join(path, "config.json")).catch(() => undefined);
  if (isInside(path, real) && config?.isFile()) return path;
  throw new EngineAdapterError(
    config
      ? `${path} is not below LM Studio's models (${root})`
      : `${path} holds no model that LM Studio could load`,
    "engine/invalid-input",
    {
      hint: `Move it to ${join(root, "<owner>", "<name>")}, or name the model by its repo.`,
      data: { path, modelsDir: root },
    },
  );
}

async function unload({ instance }: LmStudioModel<unknown>): Promise<void> {
  const handle = instance as { unload?: () => Promise<unknown> } | undefined;
  await handle?.unload?.();
}

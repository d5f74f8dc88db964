import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { InspectedModel } from "@mlx-download/core";
import type { DecodeSpeed, Fit, Machine, MemoryOptions, ModelDescription } from "@mlx-download/fit";
import type { InstalledMlx } from "@mlx-download/python-bridge";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import { readToken } from "../account/read-token.ts";
import { findHome } from "../../shell/home.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { installedMlx } from "./installed-mlx.ts";
import { wholeRefs } from "../refs/short-name.ts";
import { refuseTwoRevisions } from "../refs/selection.ts";

/** A model, its target machine, and the verdict for the two. */
export interface JudgedModel {
  readonly inspected: InspectedModel;
  readonly machine: Machine;
  readonly fit: Fit;
  readonly speed: DecodeSpeed | null;
  /** Why `--images` counts nothing. Undefined where it was not given, or counts. */
  readonly uncountedImages: string | undefined;
}

const defaultContext = 8192;

/** Which model is looked at. */
export interface ModelWish {
  readonly ref: string;
  /** For a gated model without access, the public files are enough. */
  readonly publicFacts: boolean;
}

/**
 * Reads a model's own files and this machine (or the one that the flags describe), and judges
 * whether the model runs there.
 */
export async function judgeModel(
  asked: ModelWish,
  flags: Flags,
  shell: Shell,
): Promise<JudgedModel> {
  const installed = await installedMlx(flags, shell);
  const [machine, inspected] = await Promise.all([
    machineOf(flags, shell, installed),
    inspect(asked, flags, { shell, installed }),
  ]);
  return judge(inspected, machine, {
    flags,
    beside: await readBeside(flags, { shell, installed }),
  });
}

/** The parts that run beside the model: a draft and an adapter. */
interface Beside {
  readonly draft: ModelDescription | undefined;
  readonly adapterBytes: number | undefined;
}

async function readBeside(
  flags: Flags,
  context: { readonly shell: Shell; readonly installed: InstalledMlx | undefined },
): Promise<Beside> {
  const { draftModel, adapter } = flags;
  // The revision is that of the model, not of its draft.
  const { revision: _, ...own } = flags;
  const draft =
    draftModel === undefined
      ? undefined
      : (await inspect({ ref: draftModel, publicFacts: false }, own, context)).description;
  return {
    draft,
    adapterBytes: adapter === undefined ? undefined : await adapterSize(adapter, context.shell),
  };
}

/** Bytes of the weights of an adapter's folder. Throws `cli/usage`. */
async function adapterSize(folder: string, shell: Shell): Promise<number> {
  const path = folderOf(folder, shell) ?? folder;
  for (const name of ["adapters.safetensors", "adapter_model.safetensors"]) {
    const found = await stat(join(path, name)).catch(() => undefined);
    if (found?.isFile()) return found.size;
  }
  throw usage(
    `${folder} has no adapters.safetensors`,
    "Name a folder that mlx_lm.lora wrote, such as --adapter ./adapters.",
  );
}

/** Holds a model that is described already against a machine. */
async function judge(
  inspected: InspectedModel,
  machine: Machine,
  { flags, beside }: { readonly flags: Flags; readonly beside: Beside },
): Promise<JudgedModel> {
  const { decodeSpeed, fitModel } = await import("@mlx-download/fit");
  const { description, repoId } = inspected;
  const fit = fitModel(description, machine.wiredLimitBytes, {
    ...memoryOptions(inspected, flags),
    ...beside,
    machine,
    mlxVersion: inspected.loads.by.mlxVersion,
  });
  const speed = decodeSpeed(description, machine, {
    kvBytes: fit.kvBytes,
    repoId: repoId ?? undefined,
  });
  return { inspected, machine, fit, speed, uncountedImages: uncounted(description, flags) };
}

/**
 * This machine, with the limit that its MLX reports if asked, or the machine that `--memory` and
 * `--chip` describe.
 */
export async function machineOf(
  flags: Flags,
  shell: Shell,
  installed?: InstalledMlx,
): Promise<Machine> {
  const { readMachine } = await import("@mlx-download/core");
  const { simulateMachine } = await import("@mlx-download/fit");
  const { memory, chip } = flags;
  const here = await readMachine({
    signal: shell.interrupt.signal,
    workingSetBytes: installed?.workingSetBytes,
  });
  return simulateMachine(here, { memory, chip });
}

async function inspect(
  { ref, publicFacts }: ModelWish,
  flags: Flags,
  { shell, installed }: { readonly shell: Shell; readonly installed: InstalledMlx | undefined },
): Promise<InspectedModel> {
  const { inspectFolder, inspectModel } = await import("@mlx-download/core");
  const { signal } = shell.interrupt;
  const folder = folderOf(ref, shell);
  const support = installed?.support;
  const { trustRemoteCode } = flags;
  if (folder !== undefined) return inspectFolder(folder, { signal, support, trustRemoteCode });
  await refuseTwoRevisions(ref, flags, shell);
  const token = await readToken(flags, shell);
  const [whole = ref] = await wholeRefs([ref], { flags, token }, shell);
  return inspectModel(whole, {
    revision: flags.revision,
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...token,
    signal,
    support,
    trustRemoteCode,
    publicFacts,
    env: shell.env,
    onEvent: hubNotices(flags, shell),
  });
}

/** A form that only paths have. `org/name` is never a path. */
function folderOf(ref: string, shell: Shell): string | undefined {
  if (ref === "." || ref === ".." || /^\.{1,2}[/\\]/.test(ref) || isAbsolute(ref)) return ref;
  if (ref.startsWith("~/")) return join(findHome(shell.env) ?? "~", ref.slice(2));
  return undefined;
}

function uncounted({ vision, roles }: ModelDescription, { images }: Flags): string | undefined {
  if (images === undefined || vision !== null) return undefined;
  return roles.includes("vision")
    ? "--images counts nothing: config.json does not give the sizes of its tower"
    : "--images counts nothing: it takes no images";
}

// Room for the words beside images that take the whole default context.
const wordsBesideImages = 1024;

function memoryOptions({ description }: InspectedModel, flags: Flags): MemoryOptions {
  const { ctx, kvBits, prefillStep, batch, images, keptPrompts } = flags;
  const seen = (images ?? 0) * (description.vision?.tokensPerImage ?? 0);
  const usual = Math.max(defaultContext, seen === 0 ? 0 : seen + wordsBesideImages);
  const contextLength =
    ctx === undefined ? Math.min(usual, description.contextLength ?? usual) : readTokens(ctx);
  if (seen >= contextLength) {
    const least = `--ctx ${seen + wordsBesideImages} or more`;
    throw usage(
      `${images} images take ${seen} tokens, and the context has ${contextLength}`,
      ctx === undefined
        ? "The model was made for no longer context. Ask for fewer images."
        : `The images are part of the context. Give ${least}, or fewer --images.`,
    );
  }
  return {
    contextLength: Math.max(1, contextLength),
    kvBits,
    prefillStepSize: prefillStep,
    batch,
    images,
    keptPrompts,
  };
}

/** Tokens from `32768`, `32k` (1024s, as context lengths are named) or `1m`. Throws `cli/usage`. */
export function readTokens(text: string): number {
  const match = /^(\d{1,9})(k|m)?$/i.exec(text.trim());
  const factor = { k: 1024, m: 1_048_576 }[match?.[2]?.toLowerCase() ?? ""] ?? 1;
  const tokens = Number(match?.[1] ?? 0) * factor;
  if (tokens > 0) return tokens;
  throw usage(`--ctx ${text} is no context length`, "For example --ctx 32768 or --ctx 32k.");
}

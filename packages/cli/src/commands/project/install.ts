import type { MovedModel } from "@mlx-download/project";
import { RegistryError } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCommit } from "../../text/format.ts";
import { watched } from "../download/watched.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import { bringOptions } from "./bring-options.ts";
import { reportPlan } from "./install-plan.ts";
import { projectFolder } from "./project-folder.ts";
import { reportModels } from "./report.ts";

/** The exit code of `--exit-code` where a branch has moved. */
const differs = 12;

/** `mlx-download install`: brings the models of the project. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { installModels, planInstall, readProject, updateLock } =
    await import("@mlx-download/project");
  const folder = await projectFolder(flags);
  const aliases = operands.length > 0 ? [...new Set(operands)] : undefined;
  try {
    const { manifest } = await readProject(folder);
    const options = await bringOptions(flags, shell);
    const chosen = [...manifest.models].filter(([alias]) => aliases?.includes(alias) ?? true);
    if (flags.dryRun) {
      const plan = await planInstall(folder, {
        ...options,
        frozen: flags.frozen,
        aliases,
        onEvent: hubNotices(flags, shell),
      });
      return await reportPlan(plan, { flags, shell });
    }
    const refs = [...new Set(chosen.map(([, { ref }]) => ref.split("@")[0] ?? ref))];
    const report = await watched(refs, { flags, shell }, (onEvent) =>
      installModels(folder, { ...options, frozen: flags.frozen, aliases, onEvent }),
    );
    if (!flags.outdated) {
      const lines = chosen.length === 0 ? ["mlx-models.json names no model."] : [];
      return await reportModels(report, { lines }, { flags, shell });
    }
    const { moved } = await updateLock(folder, { ...options, aliases, dryRun: true });
    const fields = { moved: moved.map(movedJson) };
    const code = await reportModels(
      report,
      { fields, lines: moved.length > 0 ? moved.map(movedText) : ["No branch has moved."] },
      { flags, shell },
    );
    return code === 0 && flags.exitCode && moved.length > 0 ? differs : code;
  } catch (error) {
    throw towardsGet(error, operands);
  }
}

function movedJson({ alias, repoId, revision, from, to }: MovedModel): Record<string, unknown> {
  return { alias, repoId, revision, from, to };
}

function movedText({ alias, repoId, revision, from, to }: MovedModel): string {
  return `${alias}: ${revision} of ${repoId} has moved from ${shortCommit(from)} to ${shortCommit(to)}. The lock stays.`;
}

/** Those who install a model as other programs do want `get`. */
function towardsGet(error: unknown, [model]: readonly string[]): unknown {
  const isLost = error instanceof RegistryError && error.code === "lock/no-manifest";
  if (!isLost || model === undefined) return error;
  const { message, code, data } = error;
  return new RegistryError(message, code, {
    hint: `mlx-download get ${model} downloads a model, mlx-download add ${model} adds it to a project.`,
    data,
  });
}

import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Invocation } from "../../../command-line/command-spec.ts";
import type { Flags } from "../../../command-line/flags.ts";
import { usage } from "../../../command-line/usage.ts";
import { configPath } from "../../../config/config-file.ts";
import { findHome } from "../../../shell/home.ts";
import { ownCommand } from "../../../shell/own-command.ts";
import { writeResult } from "../../../shell/result.ts";
import type { Shell } from "../../../shell/shell.ts";
import { hubCacheOf, readTarget } from "../../cache/target.ts";
import { noteTo } from "../../catalogue/open.ts";
import { branchName } from "../updates-table.ts";
import type { JobFile } from "../../system-job/job-file.ts";
import { passedEnv, warnOfNpx } from "../../system-job/passed-env.ts";
import { switchOff, switchOn, writeJobFiles } from "../../system-job/switch-job.ts";
import { AGENT_LABEL, launchdFile, systemdFiles, TIMER, type UpdateJob } from "./job-texts.ts";
import { parseWindow, windowText } from "./window.ts";

const JOB = { label: AGENT_LABEL, unit: TIMER } as const;

/** The schedule as it is kept beside the settings. The files for the system are made from it. */
interface Schedule {
  readonly window: string;
  /** Branches of models: only those that were named are ever updated. */
  readonly models: readonly string[];
  readonly limitRate: number | null;
  readonly cacheDir: string;
  readonly onPower: boolean;
}

/**
 * `mlx-download update --schedule` and `--unschedule`: adds models to the daily update or takes them
 * away, and writes or removes the files by which the system starts it. Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const statePath = join(dirname(configPath(shell.env)), "update-schedule.json");
  const before = await readSchedule(statePath);
  const named = await Promise.all(
    operands.map(async (word) => {
      const { repoId, revision = "main" } = await readTarget(word, flags, shell);
      return branchName({ repoId, revision });
    }),
  );
  const after = flags.unschedule
    ? without(before, named)
    : await withModels(before, named, flags, shell);
  const files = jobFiles(after ?? before, shell.env);
  const note = noteTo(flags, shell);
  if (flags.dryRun) {
    if (!flags.json && !flags.events) {
      await shell.stdout.write(
        after === undefined
          ? files.map(({ path }) => `${path}\n`).join("")
          : files.map(({ path, text }) => `# ${path}\n${text}\n`).join(""),
      );
    }
    await writeJsonOnly(
      {
        schedule: scheduleJson(after),
        files: files.map(({ path }) => path),
        active: false,
        dryRun: true,
      },
      flags,
      shell,
    );
    return 0;
  }
  if (after === undefined) {
    await switchOff(JOB, files);
    for (const { path } of files) await rm(path, { force: true });
    await rm(statePath, { force: true });
    note(before === undefined ? "Nothing was scheduled." : "The scheduled update is removed.");
    await writeJsonOnly(
      { schedule: null, files: files.map(({ path }) => path), active: false },
      flags,
      shell,
    );
    return 0;
  }
  const state = { path: statePath, text: `${JSON.stringify(after, undefined, 2)}\n` };
  await writeJobFiles([...files, state]);
  const problem = await switchOn(JOB, files);
  note(
    `Between ${after.window.replace("-", " and ")}, ${after.onPower ? "on mains power, " : ""}these are updated: ${after.models.join(", ")}.`,
  );
  for (const { path } of files) {
    note(`  ${path}`);
  }
  if (problem !== undefined)
    note(
      `It is written, but not switched on: ${problem.reason}. Switch it on with: ${problem.command}`,
    );
  if (process.platform === "darwin")
    note("The launchd agent was not tested on a Mac. launchctl print shows its state.");
  warnOfNpx(note);
  await writeJsonOnly(
    {
      schedule: scheduleJson(after),
      files: files.map(({ path }) => path),
      active: problem === undefined,
    },
    flags,
    shell,
  );
  return 0;
}

async function writeJsonOnly(
  body: Record<string, unknown>,
  flags: Flags,
  shell: Shell,
): Promise<void> {
  if (flags.json || flags.events) await writeResult(body, "", { flags, shell });
}

async function readSchedule(path: string): Promise<Schedule | undefined> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as Partial<
      Record<keyof Schedule, unknown>
    >;
    const { window, models, limitRate, cacheDir, onPower } = value;
    if (typeof window !== "string" || typeof cacheDir !== "string" || !Array.isArray(models))
      return undefined;
    parseWindow(window);
    return {
      window,
      models: models.filter((model): model is string => typeof model === "string"),
      limitRate: typeof limitRate === "number" ? limitRate : null,
      cacheDir,
      onPower: onPower !== false,
    };
  } catch {
    return undefined;
  }
}

async function withModels(
  before: Schedule | undefined,
  named: readonly string[],
  flags: Flags,
  shell: Shell,
): Promise<Schedule> {
  const models = [...new Set([...(before?.models ?? []), ...named])].toSorted();
  if (models.length === 0) {
    throw usage(
      "no model is named for the scheduled update",
      'Name those that may change by themselves: mlx-download update --schedule "03:00-06:00" org/name',
    );
  }
  return {
    window: windowText(parseWindow(flags.schedule ?? before?.window ?? "")),
    models,
    limitRate: flags.limitRate ?? before?.limitRate ?? null,
    cacheDir: await hubCacheOf(flags, shell),
    onPower: !flags.onBattery,
  };
}

/** The schedule without these models. Undefined when none is left, or none was named. */
function without(before: Schedule | undefined, named: readonly string[]): Schedule | undefined {
  const models =
    named.length === 0 ? [] : (before?.models ?? []).filter((model) => !named.includes(model));
  return before === undefined || models.length === 0 ? undefined : { ...before, models };
}

const scheduleJson = (schedule: Schedule | undefined): Schedule | null => schedule ?? null;

function jobFiles(schedule: Schedule | undefined, env: NodeJS.ProcessEnv): readonly JobFile[] {
  const home = findHome(env) ?? "";
  const {
    window = "03:00-06:00",
    models = [],
    limitRate = null,
    cacheDir = "",
    onPower = true,
  } = schedule ?? {};
  const job: UpdateJob = {
    window: parseWindow(window),
    command: [
      ...ownCommand(),
      "update",
      ...models,
      "--within",
      window,
      ...(onPower ? [] : ["--on-battery"]),
      ...(limitRate === null ? [] : ["--limit-rate", String(limitRate)]),
      "--cache-dir",
      cacheDir,
      "--yes",
      "--plain",
    ],
    env: passedEnv(env),
    onPower,
    logPath: join(home, "Library", "Logs", "mlx-download-update.log"),
  };
  if (process.platform === "darwin")
    return [launchdFile(job, join(home, "Library", "LaunchAgents"))];
  if (process.platform === "linux") {
    const base = env["XDG_CONFIG_HOME"]?.trim() || join(home, ".config");
    return systemdFiles(job, join(base, "systemd", "user"));
  }
  throw usage(
    `mlx-download writes no schedule for ${process.platform}`,
    `Let the system run: mlx-download update ${models.join(" ")} --within ${window} --yes`,
  );
}

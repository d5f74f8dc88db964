import { rm } from "node:fs/promises";
import type { Flags } from "../../command-line/flags.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { noteTo } from "../catalogue/open.ts";
import { type Service, serviceFile, serviceName } from "./service-files.ts";
import { switchOff, switchOn, writeJobFiles } from "./switch-job.ts";
import { warnOfNpx } from "./passed-env.ts";

/**
 * `--install` and `--uninstall` of a server: writes or removes the file by which the system starts it, and tells the
 * system. With `--dry-run` it only shows the file. Returns the exit code.
 */
export async function installService(
  service: Service,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const note = noteTo(flags, shell);
  const file = serviceFile(service, shell.env);
  const { path, text } = file;
  const end = async (active: boolean, shown: string): Promise<number> => {
    const body = { path, installed: flags.install, active, dryRun: flags.dryRun };
    await writeResult(body, shown, { flags, shell });
    return 0;
  };
  if (flags.dryRun) return end(false, flags.install ? `# ${path}\n${text}\n` : `${path}\n`);
  if (flags.uninstall) {
    await switchOff(serviceName(service), [file]);
    await rm(path, { force: true });
    note("The service is removed, and what it served stays.");
    return end(false, `${path}\n`);
  }
  await writeJobFiles([file]);
  const problem = await switchOn(serviceName(service), [file]);
  if (problem === undefined) note("It runs now, and again at each login.");
  else
    note(
      `It is written, but not switched on: ${problem.reason}. Switch it on with: ${problem.command}`,
    );
  if (process.platform === "linux") note("It begins without a login after: loginctl enable-linger");
  else note("The launchd agent was not tested on a Mac. launchctl print shows its state.");
  warnOfNpx(note);
  return end(problem === undefined, `${path}\n`);
}

import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Whether this machine runs on mains power. True where nothing says otherwise, as on a machine without a battery. Linux
 * tells in `/sys/class/power_supply`, macOS by `pmset -g batt`.
 */
export async function isOnPower(
  folder: string = "/sys/class/power_supply",
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform === "darwin") {
    const asked = await promisify(execFile)("pmset", ["-g", "batt"]).catch(() => undefined);
    return asked === undefined || !asked.stdout.includes("Battery Power");
  }
  const read = (name: string, file: string): Promise<string> =>
    readFile(join(folder, name, file), "utf8").then(
      (text) => text.trim(),
      () => "",
    );
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(
    names.map(async (name) => ({
      type: await read(name, "type"),
      online: await read(name, "online"),
      status: await read(name, "status"),
    })),
  );
  const mains = supplies.filter(({ type }) => type === "Mains" || type.startsWith("USB"));
  if (mains.some(({ online }) => online === "1")) return true;
  return !supplies.some(({ type, status }) => type === "Battery" && status === "Discharging");
}

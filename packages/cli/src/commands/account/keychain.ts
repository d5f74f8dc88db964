import { spawn } from "node:child_process";
import { CliError } from "../../failure/cli-error.ts";

/** This system's store of secrets. */
export interface Keychain {
  /** In words: `the macOS keychain`. */
  readonly name: string;
  /** The token kept for `account` (an endpoint). Undefined when there is none. */
  find(account: string): Promise<string | undefined>;
  save(account: string, token: string): Promise<void>;
  /** True when there was one. */
  remove(account: string): Promise<boolean>;
}

const service = "mlx-download";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs a program of the system. The secret goes to its standard input, never into its arguments.
 */
function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env, stdio: ["pipe", "pipe", "ignore"] });
    let stdout = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      stdout += text;
    });
    child.on("error", (error) =>
      reject(
        new CliError(`${program} is not here: ${error.message}`, "cli/no-keychain", {
          hint: "Without it, keep the token in the file: mlx-download config set token-store file.",
          data: { program },
        }),
      ),
    );
    child.on("close", (code) => resolve({ code, stdout }));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

function failed(program: string, code: number | null): CliError {
  return new CliError(
    `${program} did not keep the token (exit ${code ?? "by a signal"})`,
    "cli/no-keychain",
    {
      hint: "Unlock the keychain, or keep the token in the file: mlx-download config set token-store file.",
      data: { program, code },
    },
  );
}

/** A word as `security -i` reads it back. */
function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`;
}

function macKeychain(env: NodeJS.ProcessEnv): Keychain {
  const item = (account: string): string[] => ["-s", service, "-a", account];
  return {
    name: "the macOS keychain",
    async find(account) {
      const { code, stdout } = await runProgram(
        "security",
        ["find-generic-password", ...item(account), "-w"],
        { env },
      );
      return code === 0 ? stdout.trim() || undefined : undefined;
    },
    async save(account, token) {
      // Other users can see the arguments of a process. The interactive form reads its commands
      // from stdin.
      const words = [
        "add-generic-password",
        "-U",
        ...item(account).map(quoted),
        "-w",
        quoted(token),
      ];
      const { code } = await runProgram("security", ["-i"], { env, input: `${words.join(" ")}\n` });
      if (code !== 0 || (await this.find(account)) !== token) throw failed("security", code);
    },
    async remove(account) {
      return (
        (await runProgram("security", ["delete-generic-password", ...item(account)], { env }))
          .code === 0
      );
    },
  };
}

function secretService(env: NodeJS.ProcessEnv): Keychain {
  const item = (account: string): string[] => ["service", service, "account", account];
  return {
    name: "the secret service",
    async find(account) {
      const { code, stdout } = await runProgram("secret-tool", ["lookup", ...item(account)], {
        env,
      });
      return code === 0 ? stdout.trim() || undefined : undefined;
    },
    async save(account, token) {
      const { code } = await runProgram(
        "secret-tool",
        ["store", "--label=Hugging Face token (mlx-download)", ...item(account)],
        { env, input: token },
      );
      if (code !== 0) throw failed("secret-tool", code);
    },
    async remove(account) {
      const there = (await this.find(account)) !== undefined;
      await runProgram("secret-tool", ["clear", ...item(account)], { env });
      return there;
    },
  };
}

/** The keychain of macOS (`security`), or the secret service of a Linux desktop (`secret-tool`). Both throw `cli/no-keychain`. */
export function openKeychain(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Keychain {
  return platform === "darwin" ? macKeychain(env) : secretService(env);
}

/**
 * The name under which a keychain keeps the token of an endpoint: its origin. A token belongs to
 * one Hub, so the first endpoint counts.
 */
export function tokenAccount(
  env: NodeJS.ProcessEnv,
  endpoint: string | readonly string[] | undefined,
): string {
  const [given] = typeof endpoint === "string" ? [endpoint] : (endpoint ?? []);
  const text = given ?? env["HF_ENDPOINT"]?.split(",")[0]?.trim();
  return (text && URL.parse(text)?.origin) || "https://huggingface.co";
}

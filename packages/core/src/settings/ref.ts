import { checkRepoId, checkRevision, type RepoType } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import { readText } from "./environment.ts";

/** The model and its revision (branch, tag, `refs/pr/N` or commit, `main` when absent). */
export interface RepoRef {
  readonly repoId: string;
  /** The kind of repo, when it is not a model. It comes only from the caller, never from the text. */
  readonly repoType?: RepoType | undefined;
  readonly revision?: string;
}

/** Where a ref comes from: the endpoints whose addresses may be pasted beside those of the Hub. */
export interface RefOptions {
  /** Default `process.env`. Its `HF_ENDPOINT` counts where no endpoint is given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly endpoint?: string | readonly string[] | undefined;
}

/** The Hub's own hosts, and the public mirror that serves the same ids under the same paths. */
const HOSTS = new Set([
  "huggingface.co",
  "www.huggingface.co",
  "hf.co",
  "www.hf.co",
  "hf-mirror.com",
  "www.hf-mirror.com",
]);
/** The part after a repo's id in the address of one of its pages. */
const PAGES = new Set(["tree", "blob", "resolve", "raw", "commit", "commits", "discussions"]);
/** Old ids of models have no owner, and none of them ends like this. */
const FILE = /\.(?:safetensors|gguf|npz|json|jinja|bin|pth?)$/i;
/** The beginning of an address without its scheme. */
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i;
const NO_HUB = "this is an address neither on huggingface.co nor on the endpoint";
const NAME_A_MIRROR =
  "Write org/name, and name a mirror with HF_ENDPOINT or the option `endpoint`.";
const OTHER_TYPES = new Set(["datasets", "spaces", "kernels", "buckets", "collections", "papers"]);

/**
 * Reads `org/name`, `org/name@revision`, `hf://[models/]org/name[@revision]` or a model's address on the Hub or on an
 * endpoint of the request (`https://huggingface.co/org/name[/tree/<revision>]`, with or without its scheme, also as it
 * is written for `git clone`). Throws `ref/invalid`, with a suggested correction in the hint, or
 * `ref/unsupported-repo-type` for datasets, spaces and the like.
 */
export function parseRepoRef(text: string, options: RefOptions = {}): RepoRef {
  // JavaScript callers may pass the undefined value of a missing argument or setting.
  if (typeof text !== "string")
    throw invalid(
      String(text),
      "it is no text",
      "Hand in org/name, e.g. mlx-community/Qwen3-4B-4bit.",
    );
  const trimmed = text.trim();
  if (/^hf:\/\//i.test(trimmed)) return fromHfUri(trimmed, text);
  const bases = basesOf(options);
  if (/^https?:\/\//i.test(trimmed)) return fromUrl(trimmed, bases, text);
  const clone = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](.+)$/i.exec(trimmed);
  if (clone) return fromUrl(`https://${clone[1]}/${clone[2]}`, bases, text);
  const [host = "", , page = ""] = trimmed.split("/");
  const isHost =
    HOSTS.has(host.toLowerCase()) || bases.some((base) => base.host === host.toLowerCase());
  if (isHost && trimmed.includes("/")) return fromUrl(`https://${trimmed}`, bases, text);
  if (PAGES.has(page)) return fromUrl(`https://huggingface.co/${trimmed}`, bases, text);
  return fromPlain(trimmed, text);
}

/** The endpoints of a request. An invalid one is reported where it is used. */
function basesOf({ env = process.env, endpoint }: RefOptions): readonly URL[] {
  const given = [endpoint ?? []].flat();
  const texts = (given.length > 0 ? given : [readText(env, "HF_ENDPOINT") ?? ""]).flatMap((list) =>
    list.split(","),
  );
  return texts.flatMap((one) => URL.parse(one.trim()) ?? []);
}

/** The path of an address below the Hub or one of the endpoints. Undefined for any other address. */
function pathBelow(url: URL, bases: readonly URL[]): string | undefined {
  if (HOSTS.has(url.hostname.toLowerCase())) return url.pathname;
  for (const { host, pathname } of bases) {
    const folder = pathname.replace(/\/+$/, "");
    if (url.host === host && url.pathname.startsWith(`${folder}/`))
      return url.pathname.slice(folder.length);
  }
  return undefined;
}

function fromPlain(trimmed: string, text: string): RepoRef {
  const at = trimmed.indexOf("@");
  const id = (at < 0 ? trimmed : trimmed.slice(0, at)).replace(/\.git$/i, "");
  const revision = at < 0 ? undefined : trimmed.slice(at + 1);
  if (id === "")
    throw invalid(text, "no repo is named", "Write org/name, e.g. mlx-community/Qwen3-4B-4bit.");
  const guess = misspelling(id);
  if (guess) throw invalid(text, guess.problem, guess.hint);
  const segments = id.split("/");
  if (segments.length > 1) refuseOtherType(segments[0] ?? "", text);
  return checked(id, revision, text);
}

function misspelling(id: string): { problem: string; hint: string } | undefined {
  const folder = /^(?:.*[/\\])?models--([^/\\]+)/.exec(id)?.[1];
  if (folder !== undefined) {
    return {
      problem: "this is a cache folder's name",
      hint: `Write ${folder.replaceAll("--", "/")} instead.`,
    };
  }
  if (/^(?:~|\.{1,2})?[/\\]|^[a-zA-Z]:[/\\]|^~$|^\.{1,2}$/.test(id)) {
    return {
      problem: "this looks like a path on this machine",
      hint: "A model on disk needs no download. Write org/name for one on the Hub.",
    };
  }
  if (id.startsWith("-")) {
    return {
      problem: "it starts with a dash",
      hint: "Put options before the repo, or check for a typo.",
    };
  }
  if (id.includes("\\")) {
    return { problem: "it contains a backslash", hint: `Write ${id.replaceAll("\\", "/")}.` };
  }
  if (/\s/.test(id)) {
    return {
      problem: "it contains white space",
      hint: `Repo ids have none. Did you mean ${id.replaceAll(/\s*\/\s*/g, "/").replaceAll(/\s+/g, "-")}?`,
    };
  }
  if (id.includes(":")) {
    return {
      problem: "it contains a colon",
      hint: "A branch, tag or commit follows an @: org/name@revision. Choose other files with the option `include`.",
    };
  }
  if (id.includes("#")) {
    return {
      problem: "it contains a #",
      hint: `A branch, tag or commit follows an @: write ${id.replace("#", "@")}.`,
    };
  }
  const segments = id.split("/");
  if (segments.includes("")) {
    return {
      problem: "it has an empty part",
      hint: `Write org/name. Did you mean ${segments.filter(Boolean).join("/")}?`,
    };
  }
  if (segments.some((part) => part === "." || part === "..")) {
    return {
      problem: "it walks out of its folder",
      hint: "Write org/name, e.g. mlx-community/Qwen3-4B-4bit.",
    };
  }
  const [first = ""] = segments;
  if (segments.length === 1 && FILE.test(first)) {
    return {
      problem: "this looks like a file's name",
      hint: "Name its repo, org/name, and choose the file with the option `include`.",
    };
  }
  if (segments.length > 2 && HOST.test(first)) return { problem: NO_HUB, hint: NAME_A_MIRROR };
  if (segments.length > 2 && !OTHER_TYPES.has(first)) {
    return {
      problem: "it has more than one slash",
      hint:
        first === "models"
          ? `Write ${segments.slice(1).join("/")}.`
          : `Write ${segments.slice(0, 2).join("/")} and choose files below it with \`include: "${segments.slice(2).join("/")}*"\`.`,
    };
  }
  return undefined;
}

function fromHfUri(uri: string, text: string): RepoRef {
  const rest = uri.slice("hf://".length).replace(/\/$/, "");
  const segments = rest.split("/");
  const [first = ""] = segments;
  if (first === "models" && segments.length > 1)
    return fromPlain(rest.slice("models/".length), text);
  refuseOtherType(first, text);
  return fromPlain(rest, text);
}

function fromUrl(address: string, bases: readonly URL[], text: string): RepoRef {
  const url = URL.parse(address);
  const below = url ? pathBelow(url, bases) : undefined;
  if (below === undefined) {
    throw invalid(text, NO_HUB, NAME_A_MIRROR);
  }
  const segments = below
    .split("/")
    .filter(Boolean)
    .map((part) => decode(part, text));
  const [first = "", second, view, ...rest] =
    segments[0] === "models" ? segments.slice(1) : segments;
  refuseOtherType(first, text);
  if (first === "" || first === "api" || second === undefined) {
    throw invalid(
      text,
      "the address names no model",
      "Write org/name, or the address of a model's page.",
    );
  }
  const at = second.indexOf("@");
  const name = (at < 0 ? second : second.slice(0, at)).replace(/\.git$/i, "");
  const id = `${first}/${name}`;
  if (view === undefined) {
    return checked(id, at < 0 ? undefined : second.slice(at + 1), text);
  }
  if (["tree", "commit"].includes(view) && rest[0] !== undefined) {
    const { revision, path } = splitRevision(rest);
    if (path === "") return checked(id, revision, text);
    throw invalid(
      text,
      "the address names a folder",
      `Write ${id}@${revision} and add \`include: "${path}/*"\`.`,
    );
  }
  if (["blob", "resolve", "raw"].includes(view) && rest[0] !== undefined) {
    const { revision, path } = splitRevision(rest);
    throw invalid(
      text,
      "the address names one file",
      `Write ${id}@${revision} and add \`include: "${path}"\`.`,
    );
  }
  return checked(id, undefined, text);
}

/** `refs/pr/7/sub` → `refs/pr/7` and `sub`: refs have three parts, everything else in an address has one. */
function splitRevision(parts: readonly string[]): { revision: string; path: string } {
  const length = parts[0] === "refs" && parts.length >= 3 ? 3 : 1;
  return { revision: parts.slice(0, length).join("/"), path: parts.slice(length).join("/") };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(text, "the address is not properly encoded", "Write org/name instead.");
  }
}

function refuseOtherType(first: string, text: string): void {
  if (!OTHER_TYPES.has(first.toLowerCase())) return;
  throw new ModelDownloadError(
    `${quote(text)} names one of the Hub's ${first.toLowerCase()}, not a model`,
    "ref/unsupported-repo-type",
    {
      hint: "Only models can be downloaded: write org/name.",
      data: { ref: text, type: first.toLowerCase() },
    },
  );
}

function checked(id: string, revision: string | undefined, text: string): RepoRef {
  if (revision === "") {
    throw invalid(text, "no revision follows the @", `Write ${id}, or ${id}@main.`);
  }
  try {
    const repoId = checkRepoId(id);
    return revision === undefined ? { repoId } : { repoId, revision: checkRevision(revision) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const hint =
      cause instanceof Error && "hint" in cause && typeof cause.hint === "string"
        ? cause.hint
        : "Write org/name or org/name@revision.";
    throw invalid(text, problem, hint, cause);
  }
}

const quote = (text: string): string =>
  JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text);

// oxlint-disable-next-line max-params -- private
function invalid(text: string, problem: string, hint: string, cause?: unknown): ModelDownloadError {
  return new ModelDownloadError(`${quote(text)} names no model: ${problem}`, "ref/invalid", {
    hint,
    cause,
    data: { ref: text },
  });
}

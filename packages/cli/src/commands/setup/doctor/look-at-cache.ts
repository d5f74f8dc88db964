import { access, constants, statfs } from "node:fs/promises";
import { type CachedRepo, cacheLocations, scanCache, supportsSymlinks } from "@mlx-download/cache";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { besideText, isWrong, PRUNE } from "../../beside-text.ts";
import { renewView, viewsHere } from "../../cache/views-here.ts";
import { danglingLink } from "./dangling-link.ts";
import { type Circumstances, type Diagnosis, failed } from "./diagnosis.ts";

/** Less than this is gone with the next model. */
const littleSpace = 10_000_000_000;

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function lookAtDisk(folder: string): Promise<Diagnosis> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    if (blocks === 0)
      return { name: "disk", status: "ok", detail: "does not say how much is free", data: {} };
    const free = bavail * bsize;
    const detail = `${formatBytes(free)} free`;
    const data = { free };
    return free < littleSpace
      ? {
          name: "disk",
          status: "warn",
          detail,
          data,
          hint: "mlx-download cache prune removes unused data.",
        }
      : { name: "disk", status: "ok", detail, data };
  } catch (error) {
    return failed("disk", error);
  }
}

async function lookAtLinks(folder: string, env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  try {
    if (await supportsSymlinks(folder, env))
      return { name: "symlinks", status: "ok", detail: "work in the cache" };
    return {
      name: "symlinks",
      status: "warn",
      detail:
        "do not work in the cache (or HF_HUB_DISABLE_SYMLINKS is set): every revision holds whole files",
      hint: "A cache on a file system with links saves space, exFAT has none.",
    };
  } catch (error) {
    return failed("symlinks", error);
  }
}

/** The views that lack a file, if there is one. */
async function lookAtViews(
  folder: string,
  repos: readonly CachedRepo[],
): Promise<readonly Diagnosis[]> {
  const broken = (await viewsHere(folder, repos)).filter(({ missing }) => missing.length > 0);
  return broken.map((view) => ({
    name: "view",
    status: "warn",
    detail: `${view.path} lacks ${formatCount(view.missing.length, "file")}: ${view.missing[0]}`,
    hint: `Make it again: ${renewView(view)}`,
    data: { path: view.path, repoId: view.repoId, missing: view.missing },
  }));
}

async function lookInside(folder: string): Promise<readonly Diagnosis[]> {
  const { repos, findings } = await scanCache(folder);
  const views = await lookAtViews(folder, repos);
  const bytes = repos.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
  const all = [...findings, ...repos.flatMap((repo) => repo.findings)].filter(isWrong);
  const beside = besideText(repos);
  const unused = beside === undefined ? "" : `; ${beside}`;
  const detail = `${folder}: ${formatCount(repos.length, "repo")}, ${formatBytes(bytes)}${unused}`;
  const data = { path: folder, repos: repos.length, sizeOnDisk: bytes, findings: all.length };
  if (all.length === 0) {
    const found: Diagnosis = { name: "cache", status: "ok", detail, data };
    const hint = beside === undefined ? {} : { hint: `${PRUNE} removes what is unused.` };
    return [{ ...found, ...hint }, ...views];
  }
  return [
    {
      name: "cache",
      status: "warn",
      detail: `${detail}, ${formatCount(all.length, "finding")}`,
      data,
      hint: "mlx-download cache ls shows them.",
    },
    ...views,
  ];
}

/**
 * Checks the cache, its disk and its links. Writes nothing where there is no cache yet. Otherwise
 * it creates a probe for links and deletes it.
 */
export async function lookAtCache({ env, flags }: Circumstances): Promise<readonly Diagnosis[]> {
  const { hubCache, warnings } = cacheLocations(env, { cacheDir: flags.cacheDir });
  const odd = warnings.map((detail): Diagnosis => ({
    name: "environment",
    status: "warn",
    detail,
  }));
  if (!(await exists(hubCache))) {
    const dangling = await danglingLink(hubCache);
    if (dangling !== undefined) {
      const { link, target } = dangling;
      const diagnosis: Diagnosis = {
        name: "cache",
        status: "fail",
        code: "cache/not-readable",
        detail: `${link} is a link to ${target}, which is not there`,
        hint: "Connect that disk, or name another cache with HF_HOME or mlx-download config set cache-dir.",
        data: { path: hubCache, link, target },
      };
      return [...odd, diagnosis];
    }
    const detail = `${hubCache} is not there yet`;
    return [...odd, { name: "cache", status: "ok", detail, data: { path: hubCache } }];
  }
  const writable = await access(hubCache, constants.W_OK).then(
    (): Diagnosis[] => [],
    (): Diagnosis[] => [
      {
        name: "cache",
        status: "fail",
        code: "cache/not-writable",
        detail: `${hubCache} cannot be written`,
        hint: "Choose another one with HF_HUB_CACHE or mlx-download config set cache-dir.",
      },
    ],
  );
  const cloud: Diagnosis[] = hubCache.includes("/Mobile Documents/")
    ? [
        {
          name: "cache",
          status: "warn",
          detail: "the cache is in iCloud, which takes files away from this disk when it likes",
          hint: "Choose a folder outside with mlx-download config set cache-dir.",
        },
      ]
    : [];
  return [
    ...odd,
    ...writable,
    ...cloud,
    ...(await lookInside(hubCache).catch((error: unknown) => [failed("cache", error)])),
    await lookAtDisk(hubCache),
    ...(writable.length > 0 ? [] : [await lookAtLinks(hubCache, env)]),
  ];
}

import { createHash } from "node:crypto";
import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer, textAnswer } from "../http/json-answer.ts";
import { badRequest, entryNotFound } from "../http/refusal.ts";
import { encodePath } from "../http/encode-path.ts";
import type { RepoFile } from "../store/repo-store.ts";
import { checkGate } from "./access.ts";
import { snapshotAt } from "./revision.ts";

/**
 * `GET /v2/{id}/manifests/{tag}`: a repo of GGUF files as an image registry has it, for Ollama, node-llama-cpp and
 * llama.cpp before March 2026. The tag is a quantization or `latest`. Only a client that calls itself llama-cpp is told
 * the file (answers recorded 2026-09-23). The layers of template and parameters, which the Hub derives, are not here.
 */
export async function manifest(c: HubContext): Promise<Response> {
  const model = await modelFile(c, c.get("rest").join("/"));
  const config = Buffer.from(configOf(model));
  const value = {
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    config: {
      digest: digestOf(config),
      mediaType: "application/vnd.docker.container.image.v1+json",
      size: config.byteLength,
    },
    layers: [
      {
        digest: `sha256:${model.lfs.sha256}`,
        mediaType: "application/vnd.ollama.image.model",
        size: model.size,
      },
    ],
    ...(/^llama-cpp|^node-llama-cpp/i.test(c.req.header("user-agent") ?? "")
      ? {
          ggufFile: {
            rfilename: model.path,
            blobId: `sha256:${model.lfs.sha256}`,
            size: model.size,
            lfs: { ...model.lfs, size: model.size },
          },
        }
      : {}),
  };
  return jsonAnswer(value, { headers: { "cache-control": "public, max-age=60" } });
}

/** `GET /v2/{id}/blobs/sha256:{hex}`: 307 to the file on `/resolve/`, or the config itself. */
export async function registryBlob(c: HubContext): Promise<Response> {
  const repo = c.get("repo");
  checkGate(repo, c.get("user"));
  const asked = c.get("rest").join("/");
  const snapshot = await snapshotAt(repo, "main");
  for (const model of snapshot.files.filter(isModel)) {
    const config = configOf(model);
    if (digestOf(Buffer.from(config)) === asked) return textAnswer(config);
    if (`sha256:${model.lfs.sha256}` !== asked) continue;
    const location = `${c.env.config.basePath}/${repo.repoId}/resolve/main/${encodePath(model.path)}`;
    return textAnswer(`Temporary Redirect. Redirecting to ${location}`, {
      status: 307,
      headers: { location },
    });
  }
  throw entryNotFound(snapshot.commit);
}

type ModelFile = RepoFile & { readonly lfs: NonNullable<RepoFile["lfs"]> };

/** The GGUF file for a tag. `latest` is Q4_K_M, else Q8_0, else the first (hub-docs, ollama.md). */
async function modelFile(c: HubContext, tag: string): Promise<ModelFile> {
  const repo = c.get("repo");
  checkGate(repo, c.get("user"));
  const { files } = await snapshotAt(repo, "main");
  const models = files.filter(isModel);
  if (models.length === 0) {
    throw badRequest("Repository is not GGUF or is not compatible with llama.cpp");
  }
  const of = (quantization: string): ModelFile | undefined =>
    models.find(({ path }) =>
      path
        .toLowerCase()
        .split(/[-./_]/)
        .join(" ")
        .includes(spaced(quantization)),
    );
  const found = tag === "latest" ? (of("Q4_K_M") ?? of("Q8_0") ?? models[0]) : of(tag);
  if (found) return found;
  throw badRequest(
    'The specified tag is not a valid quantization scheme. Please use another tag or "latest"',
  );
}

function isModel(file: RepoFile): file is ModelFile {
  return file.lfs !== undefined && /\.gguf$/i.test(file.path) && !/mmproj|imatrix/i.test(file.path);
}

function configOf({ lfs }: ModelFile): string {
  const rootfs = { type: "layers", diff_ids: [`sha256:${lfs.sha256}`] };
  return JSON.stringify({ model_format: "gguf", os: "linux", architecture: "amd64", rootfs });
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function spaced(quantization: string): string {
  return quantization
    .toLowerCase()
    .split(/[-./_]/)
    .join(" ");
}

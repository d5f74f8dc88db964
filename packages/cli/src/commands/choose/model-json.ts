import type { Fit } from "@mlx-download/fit";
import type { JudgedModel } from "./judge-model.ts";

/** The JSON form of `info` and `fit`. */
export function modelJson({
  inspected,
  machine,
  fit,
  speed,
}: JudgedModel): Record<string, unknown> {
  const { repoId, revision, commit, path, from, description, loads, security, read } = inspected;
  const { quantization } = description;
  return {
    repoId,
    revision,
    commit,
    path,
    from,
    modelType: description.modelType,
    parameters: description.parameters,
    weightsBytes: description.weightsBytes,
    quantization: quantization && {
      mode: quantization.mode,
      bits: quantization.bits,
      groupSize: quantization.groupSize,
      bitsPerWeight: quantization.bitsPerWeight,
      mixed: quantization.mixed,
    },
    contextLength: description.contextLength,
    fit: fitJson(fit),
    loads: {
      verdict: loads.verdict,
      program: loads.program,
      programs: loads.programs,
      reasons: loads.reasons.map(({ code, message, blocks }) => ({ code, message, blocks })),
      by: loads.by,
    },
    security,
    machine,
    speed,
    totalBytes: inspected.totalBytes,
    access: inspected.access,
    module: description.module,
    architectures: description.architectures,
    attention: description.attention,
    vision: description.vision,
    experts: description.experts,
    roles: description.roles,
    license: description.license,
    baseModels: description.baseModels,
    ropeScaling: description.ropeScaling,
    tokenizer: description.tokenizer,
    chatTemplate: description.chatTemplate,
    remoteCode: description.remoteCode,
    missingFiles: description.missingFiles,
    problems: description.problems,
    evidence: description.evidence,
    read,
  };
}

/** A fit as every `--json` writes it. */
export function fitJson(fit: Fit): Record<string, unknown> {
  return {
    contextLength: fit.contextLength,
    imageTokens: fit.imageTokens,
    weightsBytes: fit.weightsBytes,
    kvBytes: fit.kvBytes,
    kvPeakBytes: fit.kvPeakBytes,
    activationBytes: fit.activationBytes,
    attentionBytes: fit.attentionBytes,
    overheadBytes: fit.overheadBytes,
    totalBytes: fit.totalBytes,
    lowTotalBytes: fit.lowTotalBytes,
    limitBytes: fit.limitBytes,
    verdict: fit.verdict,
    maxContextLength: fit.maxContextLength,
  };
}

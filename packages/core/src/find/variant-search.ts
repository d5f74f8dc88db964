/** The command that looks for an MLX variant of a repo: its name without what tells formats apart. */
export function variantSearch(repoId: string): string {
  const name = repoId.slice(repoId.lastIndexOf("/") + 1);
  const FORMATS = /[-_.](?:gguf|ggml|onnx|gptq|awq|bnb|exl2|i1|imat(?:rix)?)(?=$|[-_.])/gi;
  return `mlx-download search ${name.replaceAll(FORMATS, "") || name}`;
}

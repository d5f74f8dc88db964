/** The command that searches for an MLX variant of a repo: its name without the parts that name a format. */
export function variantSearch(repoId: string): string {
  const name = repoId.slice(repoId.lastIndexOf("/") + 1);
  const FORMATS = /[-_.](?:gguf|ggml|onnx|gptq|awq|bnb|exl2|i1|imat(?:rix)?)(?=$|[-_.])/gi;
  return `mlx-download search ${name.replaceAll(FORMATS, "") || name}`;
}

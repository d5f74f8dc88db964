/** Extensions that the Hub's default `.gitattributes` keeps in LFS. */
const EXTENSIONS = new Set(
  (
    "7z arrow bin bz2 ckpt ftz gguf gz h5 joblib lfs mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl " +
    "pt pth rar safetensors tar tflite tgz wasm xz zip zst"
  ).split(" "),
);

/** The size in bytes from which the Hub takes a file only as LFS. */
const LARGE = 10_000_000;

/** Whether the Hub would keep this file in LFS: at 10 MB or more, or by its extension. */
export function isLargeFile(path: string, size: number): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return size >= LARGE || (dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase()));
}

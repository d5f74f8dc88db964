import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { refuseTooLarge } from "./resume-folder.ts";

const file = (size: number) => ({
  path: "model.safetensors",
  size,
  digest: { algorithm: "sha256", hex: "0".repeat(64) } as const,
  blobId: "",
});

test("a file of more than 4 GB is refused for FAT before a byte is copied, and for no other disk", async () => {
  const [folder, fat, exfat] = [await tempDir(), 0x4d44, 0x2011bab0];
  await expect(refuseTooLarge(folder, [file(2 ** 32)], fat)).rejects.toMatchObject({
    code: "cache/disk-full",
    hint: expect.stringContaining("exFAT"),
  });
  await refuseTooLarge(folder, [file(2 ** 32 - 1)], fat);
  await refuseTooLarge(folder, [file(2 ** 40)], exfat);
  await refuseTooLarge(folder, [file(2 ** 40)]);
});

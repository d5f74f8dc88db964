import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Address } from "./address.ts";

/**
 * A formula of Homebrew for the command's tarball, which a release of the repository carries as it is (docs.brew.sh,
 * "Node for Formula Authors"). It brings the manual page and the completions. Not tried with Homebrew: there is none here.
 */
export async function formulaText(
  tarball: string,
  { version, address }: { readonly version: string; readonly address: Address },
): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(tarball))
    .digest("hex");
  return `class MlxDownload < Formula
  desc "Download and verify MLX models from the Hugging Face Hub"
  homepage "${address.page}"
  url "${address.page}/releases/download/v${version}/${basename(tarball)}"
  sha256 "${digest}"
  license "Apache-2.0"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    (man1/"mlx-download.1").write Utils.safe_popen_read(bin/"mlx-download", "man")
    generate_completions_from_executable(bin/"mlx-download", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mlx-download --version")
    assert_match "mlx-community", shell_output("#{bin}/mlx-download search llama --offline")
    system bin/"mlx-download", "verify", "--cache-dir", testpath/"hub"
  end
end
`;
}

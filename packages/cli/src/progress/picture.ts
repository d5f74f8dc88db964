import type { DownloadEvent } from "@mlx-download/core";
import type { ViewOptions } from "./total-lines.ts";

/** What events change and a terminal shows. */
export interface Picture {
  take(event: DownloadEvent): void;
  /** Nothing more comes: the next lines are what stays in the scrollback. */
  end(): void;
  /** Lines narrower than the terminal, together lower than it until the end. */
  lines(options: ViewOptions): readonly string[];
}

// What every view is given.

import type { EngineClient } from "./engine/client";
import type { Description } from "./engine/protocol";
import type { Store } from "./state/store";

export interface App {
  engine: EngineClient;
  store: Store;
  /** What there is to decide, by the engine. */
  description: Description;
  /** Whether the page comes from `ninth serve`, which has `/api`. */
  server: boolean;
}

/** A view: it is made once, and shown and hidden. */
export interface View {
  element: HTMLElement;
  /** Called when it appears, also the first time. */
  shown?(): void;
  hidden?(): void;
}

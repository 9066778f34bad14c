// The best that a predictor can do, for the choices of a training.

import type { App } from "../app";
import type { LimitReport, TrainingState } from "../engine/protocol";

/** Seconds of training before which the limit is not asked for: it takes the worker some time. */
const AFTER = 1;

export type Limit =
  | { kind: "none" }
  | { kind: "computing" }
  | { kind: "refused"; reason: string }
  | { kind: "known"; report: LimitReport };

export class Limits {
  /** By what the limit depends on. */
  private readonly known = new Map<string, Limit>();

  constructor(
    private readonly app: App,
    private readonly changed: () => void,
  ) {}

  /** The limit of a training; it is asked for once the training is under way. */
  of({ choices, config, seconds }: TrainingState): Limit {
    const name = config.text;
    const known = this.known.get(name);
    if (known || seconds < AFTER) {
      return known ?? { kind: "none" };
    }
    const computing: Limit = { kind: "computing" };
    this.known.set(name, computing);
    this.app.engine
      .ask("limit", { config: choices })
      .then((report) => this.known.set(name, { kind: "known", report }))
      .catch((error: Error) => this.known.set(name, { kind: "refused", reason: error.message }))
      .finally(this.changed);
    return computing;
  }
}

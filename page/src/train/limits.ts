// The best that a predictor can do, for the choices of a training.

import type { Choices, FromWorker, LimitReport, ToWorker, TrainingState } from "../engine/protocol";

/** Seconds of training before which the limit is not asked for. */
const AFTER = 1;

export type Limit =
  | { kind: "none" }
  | { kind: "computing" }
  | { kind: "refused"; reason: string }
  | { kind: "known"; report: LimitReport };

export class Limits {
  /** By the text of the config. */
  private readonly known = new Map<string, Limit>();

  constructor(private readonly changed: () => void) {}

  /** The limit of a training; it is computed once the training is under way. */
  of({ choices, config, seconds }: TrainingState): Limit {
    const known = this.known.get(config.text);
    if (known || seconds < AFTER) {
      return known ?? { kind: "none" };
    }
    const computing: Limit = { kind: "computing" };
    this.known.set(config.text, computing);
    const reached = (limit: Limit) => {
      this.known.set(config.text, limit);
      this.changed();
    };
    compute(choices).then(
      (report) => reached({ kind: "known", report }),
      (error: Error) => reached({ kind: "refused", reason: error.message }),
    );
    return computing;
  }
}

/** Asks a worker of its own, since it may take many seconds, which the training need not wait. */
function compute(config: Choices): Promise<LimitReport> {
  const worker = new Worker("worker.js");
  const asked = new Promise<LimitReport>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "failed") {
        reject(new Error(data.message));
      } else if (data.kind === "answer") {
        const { value, error } = data;
        error === undefined ? resolve(value as LimitReport) : reject(new Error(error));
      }
    };
    const question: ToWorker = { kind: "ask", id: 0, request: { do: "limit", config } };
    worker.postMessage(question);
  });
  return asked.finally(() => worker.terminate());
}

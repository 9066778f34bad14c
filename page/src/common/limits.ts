// The best that a predictor can do, for the choices of a training.

import type {
  Choices,
  ConfigSummary,
  FromWorker,
  LimitReport,
  Metrics,
  ToWorker,
  TrainingState,
} from "../engine/protocol";

/** Seconds of training before which the limit is not asked for. */
const AFTER = 1;

export type Limit =
  | { kind: "none" }
  | { kind: "computing" }
  | { kind: "refused"; reason: string }
  | { kind: "known"; report: LimitReport };

/** By the text of the config; all of the page. */
const known = new Map<string, Limit>();

/** The limit of a config, if it was computed since the page was opened. */
export function knownLimit(config: ConfigSummary): LimitReport | null {
  const limit = known.get(config.text);
  return limit?.kind === "known" ? limit.report : null;
}

/** The same for a scalar of the log, as `phase_simple/accuracy_last`. */
export function knownLimitOf(config: ConfigSummary, scalar: string): number | null {
  const [group = "", metric = ""] = scalar.split("/");
  const report = knownLimit(config);
  const metrics = group === "validation" ? report?.all : report?.phases[group.replace("phase_", "")];
  const value = metrics?.[metric as keyof Metrics];
  return typeof value === "number" && group !== "train" ? value : null;
}

export class Limits {
  constructor(private readonly changed: () => void) {}

  /** The limit of a training; it is computed once the training is under way. */
  of({ choices, config, seconds }: TrainingState): Limit {
    const before = known.get(config.text);
    if (before || seconds < AFTER) {
      return before ?? { kind: "none" };
    }
    const computing: Limit = { kind: "computing" };
    known.set(config.text, computing);
    const reached = (limit: Limit) => {
      known.set(config.text, limit);
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

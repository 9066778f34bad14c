// How far the training is, in figures.

import type { Curves } from "../charts/curves";
import { fill, h } from "../common/dom";
import { count, duration, percent, short } from "../common/figures";
import type { Limit } from "../common/limits";
import type { TrainingState } from "../engine/protocol";

const NAMES = ["Step", "Steps per second", "Time", "Loss", "Ninth terms right", "Best possible"] as const;

export class LiveFigures {
  readonly element: HTMLElement;
  private readonly cells = NAMES.map(() => ({ value: h("b", {}), more: h("small", {}) }));
  private readonly progress = h("progress", { "aria-label": "Steps done", value: 0, max: 1 });
  private readonly sentence = h("p", { class: "sentence" });
  /** What a screen reader says when the training begins, rests and ends. */
  private readonly status = h("p", { class: "unseen", role: "status" });
  private before = "";

  constructor() {
    const rows = NAMES.map((name, i) => {
      const cell = this.cells[i];
      return h("div", {}, h("dt", {}, name), h("dd", {}, cell?.value, cell?.more));
    });
    const list = h("dl", {}, ...rows);
    this.element = h("div", { class: "figures" }, list, this.progress, this.sentence, this.status);
  }

  /** `began`: the name of the model that the training began with, if there was one. */
  show(training: TrainingState | null, curves: Curves, limit: Limit, began: string | null): void {
    const texts = training ? figures(training, curves, limit) : NAMES.map(() => ["–", ""] as const);
    texts.forEach(([value, more], i) => {
      const cell = this.cells[i];
      if (cell) {
        cell.value.textContent = value;
        cell.more.textContent = more;
      }
    });
    this.progress.value = training ? training.step / Math.max(1, training.config.steps) : 0;
    const sentence = sentenceOf(training, curves, limit, began);
    if (this.sentence.textContent !== sentence) {
      this.sentence.textContent = sentence;
    }
    const what = !training ? "" : (training.ending ?? (training.running ? "running" : "resting"));
    if (what !== this.before) {
      this.before = what;
      fill(this.status, what === "" ? "" : `The training is ${what}. ${sentence}`);
    }
  }
}

function figures(
  { step, config, stepsPerSecond, seconds }: TrainingState,
  curves: Curves,
  limit: Limit,
): (readonly [string, string])[] {
  const left = stepsPerSecond > 0 ? (config.steps - step) / stepsPerSecond : null;
  const loss = curves.last("train/loss");
  const validation = curves.last("validation/loss");
  const share = curves.last("validation/accuracy_last");
  const at = curves.of("validation/accuracy_last").x.at(-1);
  const best = limit.kind === "known" ? limit.report.all.accuracy_last : undefined;
  const pending = { none: "after a second", computing: "computing …", refused: "not known", known: "" };
  return [
    [count(step), `of ${count(config.steps)}`],
    [stepsPerSecond > 0 ? rate(stepsPerSecond) : "–", stepsPerSecond > 0 ? "" : "resting"],
    [duration(seconds), left === null ? "" : `about ${duration(left)} left`],
    [loss === undefined ? "–" : short(loss), validation === undefined ? "" : `validation ${short(validation)}`],
    rightNow(share, at, curves.last("train/accuracy_last")),
    [best === undefined ? "–" : percent(best), pending[limit.kind]],
  ];
}

/** The share of the last validation, and before the first one that of the last steps. */
function rightNow(
  share: number | undefined,
  at: number | undefined,
  trained: number | undefined,
): [string, string] {
  if (share !== undefined && at !== undefined) {
    return [percent(share), `at step ${count(at)}`];
  }
  return trained === undefined ? ["–", "not judged yet"] : [percent(trained), "of the last steps"];
}

function rate(stepsPerSecond: number): string {
  return stepsPerSecond < 10 ? stepsPerSecond.toFixed(1) : count(stepsPerSecond);
}

function sentenceOf(
  training: TrainingState | null,
  curves: Curves,
  limit: Limit,
  began: string | null,
): string {
  if (!training) {
    return "Nothing is trained yet. Train begins with random weights and the choices of now.";
  }
  const parts: string[] = [];
  if (training.failed) {
    parts.push(`The training failed: ${training.ending}.`);
  } else if (training.ending !== null) {
    parts.push(`The training has ended: ${training.ending}.`);
  }
  const share = curves.last("validation/accuracy_last");
  if (share !== undefined) {
    const best = limit.kind === "known" ? limit.report.all.accuracy_last : undefined;
    const possible = best === undefined ? "" : `; the best possible predictor ${percent(best)}`;
    parts.push(`It names ${percent(share)} of ninth terms${possible}.`);
  } else if (training.ending === null) {
    parts.push("Its ninth terms are judged at the first validation.");
  }
  if (limit.kind === "computing") {
    parts.push("Computing the limit …");
  } else if (limit.kind === "refused") {
    parts.push(`The limit is not known: ${limit.reason}`);
  }
  if (began !== null) {
    parts.push(`It began with the weights of ${began}.`);
  }
  return parts.join(" ");
}

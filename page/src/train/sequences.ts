// Sequences of each phase, and what the model says to their last term now.

import type { App } from "../app";
import { fill, h } from "../common/dom";
import { percent } from "../common/figures";
import type { Judged } from "../engine/protocol";
import { Poll } from "./poll";

/** Sequences of each phase. */
const EACH = 4;
const PAUSE = 1000;

export class SequencesPanel {
  readonly element: HTMLElement;
  private readonly list = h("div", { class: "phases" });
  private readonly message = h("p", { class: "quiet" });
  private readonly poll: Poll;
  private rows: { about: string; row: HTMLElement }[] = [];

  constructor(
    private readonly app: App,
    private readonly heard: (judged: Judged[]) => void,
  ) {
    this.element = h(
      "section",
      { class: "panel sequences" },
      h("h3", {}, "Sequences that it has not seen"),
      this.message,
      this.list,
    );
    this.poll = new Poll(this.element, PAUSE, () => this.ask());
  }

  /** The model may be another one. */
  update(): void {
    if (this.app.engine.training === null) {
      this.rows = [];
      fill(this.list);
      fill(this.message, "They appear when a training has begun.");
    } else {
      this.poll.want();
    }
  }

  private async ask(): Promise<void> {
    if (this.app.engine.training === null) {
      return;
    }
    try {
      const judged = await this.app.engine.ask("judge", { model: "training", count: EACH });
      this.show(judged);
      this.heard(judged);
    } catch (error) {
      fill(this.message, (error as Error).message);
    }
  }

  private show(judged: Judged[]): void {
    const abouts = judged.map(({ terms, formula }) => `${terms.join()} ${formula}`);
    if (abouts.join() !== this.rows.map(({ about }) => about).join()) {
      this.begin(judged, abouts);
    }
    const right = judged.filter(({ terms, predicted }) => predicted === terms.at(-1)).length;
    const bar = judged.some(({ right }) => right !== null)
      ? " The bar is the probability of the right one."
      : "";
    fill(this.message, `${right} of ${judged.length} last terms are right now.${bar}`);
    judged.forEach((one, i) => {
      const row = this.rows[i]?.row;
      if (row) {
        fill(row, ...cells(one));
        row.classList.toggle("right", one.predicted === one.terms.at(-1));
      }
    });
  }

  /** Other sequences than before. */
  private begin(judged: Judged[], abouts: string[]): void {
    this.rows = judged.map((_, i) => ({ about: abouts[i] ?? "", row: h("li", {}) }));
    const phases = [...new Set(judged.map(({ phase }) => phase))];
    const groups = phases.map((phase) => {
      const name = this.app.description.phases[phase - 1]?.name ?? `phase ${phase}`;
      const rows = this.rows.filter((_, i) => judged[i]?.phase === phase);
      return h("div", {}, h("h4", {}, name), h("ul", {}, ...rows.map(({ row }) => row)));
    });
    fill(this.list, ...groups);
  }
}

/** The terms, the prediction with a mark, how likely the right term is, the formula. */
function cells({ terms, predicted, right, formula, family }: Judged): HTMLElement[] {
  const target = terms.at(-1);
  const isRight = predicted === target;
  const named = isRight
    ? [h("b", { class: "good" }, `${predicted} ✓`), h("span", { class: "unseen" }, "right")]
    : [
        h("s", { class: "bad" }, h("span", { class: "unseen" }, "wrong: "), String(predicted)),
        " ",
        h("b", {}, h("span", { class: "unseen" }, "it is "), String(target)),
      ];
  const bar = h("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(right ?? 0));
  return [
    h("span", { class: "terms" }, `${terms.slice(0, -1).join(", ")}, `, ...named),
    h("span", { class: "figure" }, bar, right === null ? "" : percent(right)),
    h("small", { class: "formula", title: family.replaceAll("-", " ") }, formula),
  ];
}

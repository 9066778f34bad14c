// How the answer of the training changes as it learns.

import { fill, h } from "../common/dom";
import { percent } from "../common/percent";
import type { PredictReport } from "../engine/protocol";
import { integer, quiet } from "./parts";

/** Answers that are shown. */
const MOST = 8;

interface Entry {
  step: number;
  term: PredictReport["candidates"][number];
}

export function answerHistory() {
  const element = h("div", { class: "panel history", hidden: true });
  let of = "";
  let entries: Entry[] = [];
  return {
    element,
    /** Forgets what was. */
    clear() {
      entries = [];
      element.hidden = true;
    },
    /** Takes the likeliest term at a step for the question `text`. */
    take(text: string, step: number, report: PredictReport) {
      const last = entries.at(-1);
      if (text !== of || (last && step < last.step)) {
        entries = [];
        of = text;
      }
      const [term] = report.candidates;
      if (term && entries.at(-1)?.step !== step) {
        entries.push({ step, term });
      }
      // The first and the newest ones.
      const shown = entries.length > MOST ? [entries[0] as Entry, ...entries.slice(1 - MOST)] : entries;
      element.hidden = shown.length === 0;
      fill(
        element,
        quiet("What the model alone said as it learned:"),
        h(
          "ol",
          {},
          ...shown.map(({ step, term: { term, probability } }) =>
            h(
              "li",
              {},
              h("span", { class: "step" }, `step ${step.toLocaleString("en")}`),
              h("span", { class: "says" }, integer(term, 9)),
              h("span", { class: "share" }, probability === null ? "" : percent(probability)),
            ),
          ),
        ),
      );
    },
  };
}

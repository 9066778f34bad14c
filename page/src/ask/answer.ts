// The next term, in large, and the sequence as it goes on.

import { h } from "../common/dom";
import { percent } from "../common/percent";
import type { PredictReport } from "../engine/protocol";
import { integer, panel, quiet } from "./parts";
import { type Candidate, known, mainSource } from "./reports";

/** Characters of the large term. */
const MOST = 20;

export function answerPanel(append: (term: string) => void) {
  const { element, fill } = panel("answer", "Next term");
  return {
    element,
    show(report: PredictReport) {
      const [first] = report.candidates;
      if (!first) {
        fill(quiet("No rule fits these terms, and there is no other answer."));
        return;
      }
      // A model that does not choose the likeliest terms may go on otherwise.
      const next = report.next[0] ?? first.term;
      const named = report.candidates.find(({ term }) => String(term) === String(next));
      const term = integer(next, MOST, `next ${String(next).length > 8 ? "long" : ""}`);
      const add = h(
        "button",
        { type: "button", title: "Add this term to the sequence and ask what follows it", onclick: () => append(String(next)) },
        "Add it and ask on",
      );
      fill(
        h("div", { class: "headline" }, h("div", { class: "large" }, term, sure(named)), h("div", { class: "why" }, ...why(report, named)), add),
        goesOn(report),
        ...remarks(report),
      );
    },
  };
}

function sure(candidate: Candidate | undefined): HTMLElement | null {
  const probability = candidate?.probability ?? null;
  const text = probability === null ? "no probability: the nearest integer" : `${percent(probability)} sure`;
  return h("span", { class: "sure" }, text);
}

function why(report: PredictReport, candidate: Candidate | undefined): (Node | null)[] {
  const rules = candidate ? mainSource(candidate.sources).key === "rules" : false;
  const name = known(candidate ?? null);
  if (candidate?.formula && rules) {
    return [h("p", { class: "formula" }, candidate.formula), name ? h("p", { class: "name" }, name) : null];
  }
  const source = candidate ? mainSource(candidate.sources).name : "the model";
  const by = report.method === "model" ? "By the model alone." : `Mostly by ${source}; no rule is likely.`;
  const maybe = candidate?.formula
    ? h("p", { class: "formula faint" }, `A rule that would go on so: ${candidate.formula}`)
    : null;
  return [h("p", {}, by), maybe];
}

/** The terms given and those that follow, as one sequence. */
function goesOn({ terms, next, ignored, beyond_range }: PredictReport): HTMLElement {
  const given = terms.map((term, place) => {
    const unseen = place < ignored;
    return integer(term, 14, unseen ? "given unseen-term" : "given");
  });
  const following = next.map((term, place) => {
    const wrong = beyond_range !== null && place >= beyond_range;
    return integer(term, 14, wrong ? "follows wrong" : place === 0 ? "follows first" : "follows");
  });
  const all = [...given, ...following].flatMap((term, place) => [place > 0 ? ", " : "", term]);
  const marked = h("p", { class: "goes-on terms" }, ...all, next.length > 0 ? ", …" : "");
  return marked;
}

function remarks({ terms, next, ignored, beyond_range }: PredictReport): HTMLElement[] {
  const all: HTMLElement[] = [];
  if (beyond_range !== null && next.length > 0) {
    const from = terms.length + beyond_range + 1;
    all.push(quiet(`From term ${from} on, the sequence leaves the integers that the model knows; these terms are wrong.`));
  }
  if (ignored > 0) {
    all.push(quiet(`The model sees the last ${terms.length - ignored} of the ${terms.length} terms; rules see all.`));
  }
  return all;
}

// What rules, the model and both say, side by side.

import { fill, h } from "../common/dom";
import { percent } from "../common/percent";
import type { PredictReport } from "../engine/protocol";
import { bar, integer, integers, otherRow, quiet, refusal, skeleton } from "./parts";
import type { Outcome } from "./reports";

const METHODS = ["relations", "model", "blend"] as const;
type MethodName = (typeof METHODS)[number];

const NAMES: Record<MethodName, [string, string]> = {
  relations: ["Rules alone", "exact rules that fit all terms"],
  model: ["Model alone", "the transformer, without any rule"],
  blend: ["Both", "rules weigh more the surer it is that there is one"],
};

export function methodsPanel(history: HTMLElement) {
  const bodies = {} as Record<MethodName, HTMLElement>;
  const cards = {} as Record<MethodName, HTMLElement>;
  for (const method of METHODS) {
    bodies[method] = h("div", { class: "body" }, skeleton(5));
    const [name, meaning] = NAMES[method];
    cards[method] = h(
      "div",
      { class: `panel method ${method}` },
      h("h3", {}, name),
      quiet(meaning),
      bodies[method],
    );
  }
  const element = h(
    "section",
    { class: "methods", "aria-labelledby": "ask-methods" },
    h("h2", { id: "ask-methods" }, "What each says"),
    h("div", { class: "cards" }, ...METHODS.map((method) => cards[method])),
    history,
  );
  return {
    element,
    cards,
    show(method: MethodName, outcome: Outcome<PredictReport>) {
      fill(bodies[method], ...(outcome.value ? said(outcome.value) : [refusal(outcome.refused)]));
    },
  };
}

function said({ candidates, other, next, beyond_range }: PredictReport): HTMLElement[] {
  if (candidates.length === 0) {
    return [quiet("No rule fits these terms.")];
  }
  const rows = candidates.map(({ term, probability, sources }) =>
    h(
      "li",
      {},
      integer(term, 11),
      probability === null ? h("span") : bar(sources),
      h("span", { class: "share" }, probability === null ? "" : percent(probability)),
    ),
  );
  if (other !== null) {
    rows.push(otherRow(other));
  }
  const right = beyond_range === null ? next : next.slice(0, beyond_range);
  const on = right.length > 0
    ? quiet("Goes on: ", integers(right.slice(0, 6), 9), right.length < next.length ? ", then beyond the integers that the model knows" : ", …")
    : quiet("What follows lies beyond the integers that the model knows.");
  return [h("ol", { class: "rows" }, ...rows), on];
}

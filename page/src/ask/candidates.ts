// All candidates for the next term, with whom their probability comes from and the rule behind.

import { h } from "../common/dom";
import { percent } from "../common/percent";
import type { PredictReport } from "../engine/protocol";
import { bar, integer, legend, otherBar, panel, quiet, split } from "./parts";
import { known } from "./reports";

export function candidatesPanel() {
  const { element, fill } = panel("candidates", "Candidates", legend());
  return {
    element,
    show({ candidates, other }: PredictReport) {
      const rows = candidates.map(({ term, probability, sources, formula, ...rest }) => {
        const name = known(rest);
        return h(
          "li",
          {},
          integer(term),
          probability === null ? h("span") : bar(sources),
          h("span", { class: "share" }, probability === null ? "" : percent(probability)),
          h("span", { class: "unseen" }, split(sources)),
          h(
            "span",
            { class: "rule" },
            formula ? h("span", { class: "formula" }, formula) : h("span", { class: "faint" }, "no rule"),
            name ? h("span", { class: "name" }, ` ${name}`) : null,
          ),
        );
      });
      if (other !== null) {
        const last = [h("span", { class: "term another" }, "another"), otherBar(other), h("span", { class: "share" }, percent(other))];
        rows.push(h("li", {}, ...last, h("span", { class: "rule faint" }, "any other term")));
      }
      fill(rows.length > 0 ? h("ol", { class: "rows" }, ...rows) : quiet("There are none."));
    },
  };
}

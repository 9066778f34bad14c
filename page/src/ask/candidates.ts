// All candidates for the next term, with whom their probability comes from and the rule behind.

import { h } from "../common/dom";
import { percent } from "../common/percent";
import type { PredictReport } from "../engine/protocol";
import { bar, integer, legend, otherRow, panel, quiet, split } from "./parts";
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
          formula
            ? h(
                "span",
                { class: "rule" },
                h("span", { class: "formula" }, formula),
                name ? h("span", { class: "name" }, name) : null,
              )
            : null,
        );
      });
      if (other !== null) {
        rows.push(otherRow(other));
      }
      fill(rows.length > 0 ? h("ol", { class: "rows" }, ...rows) : quiet("There are none."));
    },
  };
}

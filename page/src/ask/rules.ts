// The rules that fit the terms, and how each goes on.

import { h } from "../common/dom";
import { percent } from "../common/percent";
import type { ExplainReport } from "../engine/protocol";
import { integers, panel, quiet, refusal } from "./parts";
import { known, type Outcome } from "./reports";

export function rulesPanel() {
  const { element, fill } = panel("rules", "Rules that fit");
  return {
    element,
    show(outcome: Outcome<ExplainReport>) {
      if (!outcome.value) {
        fill(refusal(outcome.refused));
        return;
      }
      const { confidence, found, relations, beginning } = outcome.value;
      const rows = relations.map((rule) => {
        const name = known({ name: rule.name ?? null, number: rule.number ?? null });
        const next = rule.next;
        return h(
          "li",
          {},
          h("span", { class: "share" }, percent(rule.probability)),
          h(
            "span",
            { class: "rule" },
            h("span", { class: "formula" }, rule.formula),
            name ? h("span", { class: "name" }, name) : null,
            next.length > 0 ? h("span", { class: "on" }, "goes on ", integers(next, 12)) : h("span", { class: "on" }, "ends here"),
          ),
        );
      });
      const more = found - relations.length;
      fill(
        rows.length > 0 ? h("ol", { class: "rows" }, ...rows) : quiet("No rule fits all terms."),
        beginning
          ? quiet(`The first ${beginning.terms} terms follow `, h("span", { class: "formula" }, beginning.formula), known(beginning) ? ` ${known(beginning)}` : "", ".")
          : null,
        found > 0
          ? quiet(
              `That one of the rules is right has a probability of ${percent(confidence)}.`,
              more > 0 ? ` ${more} more ${more === 1 ? "fits" : "fit"}, too.` : "",
            )
          : null,
      );
    },
  };
}

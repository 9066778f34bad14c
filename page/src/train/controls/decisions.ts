// The decisions of the document, each with its options and what these were measured to be worth.

import type { Figure } from "ninth:measured";

import type { App } from "../../app";
import { fill, h } from "../../common/dom";
import type { Chosen } from "./chosen";
import { DecisionOptions } from "./options";

/** All decisions, by the section of the keys that they set. */
export function decisions(app: App, chosen: Chosen): HTMLElement {
  const sections = new Map<string, DecisionOptions[]>();
  for (const decision of app.description.decisions) {
    const options = new DecisionOptions(app, chosen, decision);
    const section = (options.keys[0] ?? "other").split(".")[0] ?? "other";
    sections.set(section, [...(sections.get(section) ?? []), options]);
  }
  // A section with one decision of its own name needs no heading.
  const groups = [...sections].map(([section, all]) => {
    const rows = all.map((options) => decisionRow(chosen, options));
    const alone = all.length === 1 && all[0]?.decision.name === section;
    const heading = alone ? null : h("h4", {}, section.replaceAll("_", " "));
    return h("div", { class: "section" }, heading, ...rows);
  });
  return h("div", { class: "decisions" }, ...groups);
}

/** What figures are a share of. */
const SHARES = {
  ninth: "Share of right ninth terms",
  continued: "Share of sequences whose second half was named without a mistake",
};

let rows = 0;

/** A decision: a choice, and behind a button what there is to know about it. */
function decisionRow(chosen: Chosen, options: DecisionOptions): HTMLElement {
  const { name, meaning } = options.decision;
  const id = `decision-${rows++}`;
  const select = h("select", {
    id,
    "aria-describedby": `${id}-meaning`,
    onchange: () => options.choose(select.value),
  });
  const more = h("div", { class: "more", id: `${id}-more`, hidden: true });
  const button = h(
    "button",
    {
      type: "button",
      class: "expand",
      "aria-expanded": "false",
      "aria-controls": `${id}-more`,
      "aria-label": `What is known about ${title(name)}`,
      title: "What the options mean, and what they were measured to be worth",
      onclick: () => toggle(more.hidden === true),
    },
    "›",
  );
  const toggle = (open: boolean) => {
    more.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      fill(more, ...details(options));
    }
  };
  const row = h(
    "div",
    { class: "decision" },
    h("label", { for: id }, title(name)),
    select,
    button,
    h("p", { class: "meaning", id: `${id}-meaning` }, meaning),
    more,
  );
  row.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !more.hidden) {
      toggle(false);
      button.focus();
    }
  });
  chosen.on(() => {
    const current = options.current();
    const other = current ? null : h("option", { value: "" }, options.otherwise());
    const named = options.options.map(({ name }) => h("option", { value: name }, title(name)));
    fill(select, other, ...named);
    select.value = current?.name ?? "";
    const changed = chosen.changed();
    row.classList.toggle("changed", options.keys.some((key) => changed.includes(key)));
    if (!more.hidden) {
      fill(more, ...details(options));
    }
  });
  return row;
}

/** The reason of a decision, and its options with bars. */
function details(options: DecisionOptions): HTMLElement[] {
  const found = options.measured();
  const current = options.current()?.name;
  const names = new Set(options.options.map(({ name }) => name));
  const rows = found?.rows ?? [];
  const most = Math.max(...rows.map(({ figure }) => figure.ninth), 1);
  const figures = new Map(rows.map(({ name, figure }) => [name, figure]));
  const all = [...names, ...rows.map(({ name }) => name).filter((name) => !names.has(name))];
  const items = all.map((name) => {
    const option = options.options.find((option) => option.name === name);
    const meaning = option ? options.meaning(option) : "";
    const bar = figureBar(figures.get(name), most);
    const kind = { class: "option", "aria-current": name === current ? "true" : null };
    return h(
      "li",
      {},
      option
        ? h("button", { ...kind, type: "button", onclick: () => options.choose(name) }, title(name))
        : h("span", kind, title(name)),
      bar,
      meaning !== "" && h("small", {}, meaning),
    );
  });
  const about = rows.length > 0 && found;
  return [
    ...(found ? [h("p", {}, found.reason)] : []),
    h("ul", {}, ...items),
    ...(about
      ? [
          h(
            "p",
            { class: "source" },
            `${SHARES[about.share ?? "ninth"]} after a training of ${about.preset} with this option, ± the deviation over seeds.`,
          ),
        ]
      : [h("p", { class: "source" }, "It was not measured: it does not change what a training learns.")]),
  ];
}

function figureBar(figure: Figure | undefined, most: number): HTMLElement | null {
  if (!figure) {
    return null;
  }
  const { ninth, deviation } = figure;
  const bar = h("span", { class: "bar" });
  bar.style.setProperty("--share", String(ninth / most));
  const around = deviation === null ? "" : ` ± ${deviation}`;
  return h("span", { class: "figure" }, bar, h("span", {}, `${ninth}${around} %`));
}

function title(name: string): string {
  return name.replaceAll("_", " ");
}

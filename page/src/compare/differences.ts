// The figures of the runs, and the keys in which they differ, side by side.

import { fill, h } from "../common/dom";
import { toneClass } from "../charts/data";
import { count, duration, percent, short } from "../common/figures";
import type { KeyDescription } from "../engine/protocol";
import type { Entry } from "./entries";

const FIGURES: [name: string, of: (entry: Entry) => string][] = [
  ["ninth terms right", ({ curves }) => text(curves.last("validation/accuracy_last"), percent)],
  ["best of these", ({ curves }) => text(best(curves.of("validation/accuracy_last").y), percent)],
  ["validation loss", ({ curves }) => text(curves.last("validation/loss"), short)],
  ["steps", ({ steps }) => count(steps)],
  ["time", ({ seconds }) => (seconds === 0 ? "" : duration(seconds))],
  ["parameters", ({ config }) => count(config.parameters)],
];

export class DifferencesPanel {
  readonly element: HTMLElement;
  private readonly table = h("table");
  private before = "";

  constructor(private readonly keys: KeyDescription[]) {
    this.element = h(
      "section",
      { class: "panel" },
      h("h3", {}, "Figures, and the keys in which they differ"),
      h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Table of the runs" }, this.table),
    );
  }

  show(entries: Entry[]): void {
    const head = entries.map(({ name, short, tone }) =>
      h(
        "th",
        { scope: "col", class: toneClass(tone), title: name },
        h("span", { class: "swatch" }),
        short,
      ),
    );
    const figures = FIGURES.map(([name, of]) => [name, entries.map(of), false] as const);
    const differing = this.keys.flatMap(({ key }, i) => {
      const values = entries.map(({ config }) => String(config.values[i] ?? ""));
      return new Set(values).size > 1 ? [[key, values, true] as const] : [];
    });
    // A table that is made anew under the eyes of a reader loses the place.
    const now = JSON.stringify([entries.map(({ name, short }) => [name, short]), figures, differing]);
    if (now === this.before) {
      return;
    }
    this.before = now;
    const rows = [...figures, ...differing].map(([name, values, isKey]) =>
      h(
        "tr",
        { class: isKey ? "key" : "figure-row" },
        h("th", { scope: "row" }, isKey ? h("code", {}, name) : name),
        ...values.map((value) => h("td", {}, value || "–")),
      ),
    );
    fill(
      this.table,
      h("thead", {}, h("tr", {}, h("td"), ...head)),
      h("tbody", {}, ...rows),
    );
  }
}

function text(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "" : format(value);
}

function best(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}

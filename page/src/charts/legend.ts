// What the lines of a chart are; a line is hidden and shown by its entry.

import { fill, h } from "../common/dom";
import { type LineData, toneClass } from "./data";

export class Legend {
  readonly element = h("ul", { class: "legend" });
  private readonly hidden = new Set<string>();
  private shown = "";

  constructor(private readonly changed: () => void) {}

  hides(name: string): boolean {
    return this.hidden.has(name);
  }

  show({ series, references }: LineData): void {
    const entries = new Map<string, string>();
    for (const { name, tone, dash, faint, curve } of series) {
      if (curve.x.length > 0 && !faint) {
        entries.set(name, `${toneClass(tone)}${dash ? ` dash-${dash}` : ""}`);
      }
    }
    for (const { name, tone, group } of references ?? []) {
      if (!entries.has(group ?? name)) {
        entries.set(group ?? name, `${toneClass(tone)} reference`);
      }
    }
    const now = JSON.stringify([...entries, ...this.hidden]);
    if (now === this.shown) {
      return;
    }
    this.shown = now;
    // One line needs no legend.
    const rows = entries.size < 2 ? [] : [...entries].map(([name, kind]) => this.entry(name, kind));
    const focused = [...this.element.querySelectorAll("button")].findIndex(
      (button) => button === document.activeElement,
    );
    fill(this.element, ...rows);
    this.element.querySelectorAll("button")[focused]?.focus();
  }

  private entry(name: string, kind: string): HTMLElement {
    const toggle = () => {
      if (!this.hidden.delete(name)) {
        this.hidden.add(name);
      }
      this.changed();
    };
    const state = { "aria-pressed": String(!this.hidden.has(name)), onclick: toggle };
    const title = `Show or hide ${name}`;
    const swatch = h("span", { class: `swatch ${kind}` });
    return h("li", {}, h("button", { type: "button", title, ...state }, swatch, name));
  }
}

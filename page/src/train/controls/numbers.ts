// The numbers that people change most.

import type { App } from "../../app";
import { h } from "../../common/dom";
import type { Chosen } from "./chosen";
import { field } from "./field";

/** Keys, with a name that is clear without its section. What the engine does not know is left out. */
const KEYS: Record<string, string> = {
  "training.epochs": "epochs",
  "training.steps_per_epoch": "steps per epoch",
  "training.batch_size": "batch size",
  "learning_rate.peak": "peak learning rate",
  "model.d_model": "width",
  "model.layers": "layers",
  "model.heads": "heads",
  "model.feed_forward": "feed-forward width",
  "validation.every_steps": "validation every",
  "training.seed": "seed",
};

export function numbers(app: App, chosen: Chosen): HTMLElement {
  const rows = Object.entries(KEYS).flatMap(([name, label]) => {
    const key = app.description.keys.find(({ key }) => key === name);
    if (!key) {
      return [];
    }
    const { element, show } = field(key, (value) => chosen.setKey(name, value));
    const row = h(
      "div",
      { class: "number", title: `${key.meaning}: ${key.allowed}` },
      h("label", { for: element.id }, label),
      element,
    );
    chosen.on(() => {
      const changed = chosen.changed().includes(name);
      row.classList.toggle("changed", changed);
      show(chosen.value(name), changed && (chosen.refusal?.includes(name) ?? false));
    });
    return [row];
  });
  return h("div", { class: "numbers" }, ...rows);
}

// The presets, one of which everything begins with.

import type { App } from "../../app";
import { h } from "../../common/dom";

export function presets(app: App): HTMLElement {
  const inputs = app.description.presets.map(({ name, meaning }) => {
    const input = h("input", {
      type: "radio",
      name: "preset",
      value: name,
      // Changes belong to the preset that they were made to.
      onchange: () => app.store.set({ preset: name, set: {} }),
    });
    const text = h("span", {}, h("b", {}, name), h("small", {}, meaning));
    return { input, row: h("label", {}, input, text) };
  });
  const show = () => {
    for (const { input } of inputs) {
      input.checked = input.value === app.store.now.preset;
    }
  };
  app.store.on(show);
  show();
  return h(
    "fieldset",
    { class: "presets" },
    h("legend", {}, "Begin with"),
    ...inputs.map(({ row }) => row),
  );
}

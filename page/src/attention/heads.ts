// All heads of a model at a glance: a small matrix for each, rows of layers; one of them is chosen.

import { fill, h } from "../common/dom";
import { moved } from "../common/roving";
import { summary, type Weights } from "./words";

/** Pixels for a weight on the canvas; the style sheet scales it without smoothing. */
const PIXELS = 4;

export interface Heads {
  element: HTMLElement;
  show(layers: Weights[][]): void;
  /** The layer and head that are chosen. */
  chosen(): { layer: number; head: number };
}

export function heads(changed: () => void): Heads {
  const element = h("div", { class: "heads", role: "radiogroup", "aria-label": "Layer and head" });
  let buttons: HTMLButtonElement[] = [];
  let columns = 0;
  let chosen = 0;
  let last: Weights[][] = [];

  const choose = (index: number, focus: boolean) => {
    chosen = index;
    mark();
    if (focus) {
      buttons[index]?.focus();
    }
    changed();
  };
  const mark = () =>
    buttons.forEach((button, index) => {
      button.setAttribute("aria-checked", String(index === chosen));
      button.tabIndex = index === chosen ? 0 : -1;
    });

  const build = (layers: number, perLayer: number) => {
    columns = perLayer;
    chosen = Math.min(chosen, layers * perLayer - 1);
    element.style.setProperty("--heads", String(perLayer));
    buttons = Array.from({ length: layers * perLayer }, (_, index) =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          onclick: () => choose(index, false),
          onkeydown: (event) => {
            const to = moved((event as KeyboardEvent).key, index, buttons.length, columns);
            if (to !== null) {
              event.preventDefault();
              choose(to, true);
            }
          },
        },
        h("canvas", { "aria-hidden": "true" }),
      ),
    );
    const labels = Array.from({ length: perLayer }, (_, head) =>
      h("span", { class: "column", "aria-hidden": "true" }, `Head ${head + 1}`),
    );
    const rows = Array.from({ length: layers }, (_, layer) => [
      h("span", { class: "row", "aria-hidden": "true" }, `Layer ${layer + 1}`),
      ...buttons.slice(layer * perLayer, (layer + 1) * perLayer),
    ]);
    fill(element, h("span", {}), ...labels, ...rows.flat());
    mark();
  };

  const paintAll = () => last.flat().forEach((weights, index) => paint(buttons[index], weights));
  // A canvas keeps the colours of the scheme in which it was painted.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);

  return {
    element,
    show(layers) {
      last = layers;
      const perLayer = Math.max(...layers.map((layer) => layer.length));
      if (buttons.length !== layers.length * perLayer || columns !== perLayer) {
        build(layers.length, perLayer);
      }
      layers.flat().forEach((weights, index) => {
        const name = `Layer ${Math.floor(index / perLayer) + 1}, head ${(index % perLayer) + 1}`;
        const text = summary(weights);
        buttons[index]?.setAttribute("aria-label", text ? `${name}. ${text}.` : name);
        buttons[index]?.setAttribute("title", text ? `${name}\n${text}` : name);
      });
      paintAll();
    },
    chosen: () => ({ layer: Math.floor(chosen / columns), head: chosen % columns }),
  };
}

function paint(button: HTMLButtonElement | undefined, weights: Weights): void {
  const canvas = button?.querySelector("canvas");
  const pen = canvas?.getContext("2d");
  if (!canvas || !pen) {
    return;
  }
  const size = weights.length * PIXELS;
  if (canvas.width !== size) {
    canvas.width = canvas.height = size;
  }
  pen.clearRect(0, 0, size, size);
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  weights.forEach((row, y) =>
    row.forEach((weight, x) => {
      pen.globalAlpha = Math.min(1, Math.max(0, weight));
      pen.fillRect(x * PIXELS, y * PIXELS, PIXELS, PIXELS);
    }),
  );
}

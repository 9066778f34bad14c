// Small pieces that several parts of the view are made of.

import { fill, h } from "../common/dom";
import { inFull, shortened } from "../common/integers";
import { percent } from "../common/percent";
import type { Integer, Sources } from "../engine/protocol";
import { part, SOURCES } from "./reports";

/** An integer; in full in its title where it is long. */
export function integer(value: Integer, most = 14, name = "term"): HTMLElement {
  return h("span", { class: name, title: inFull(value, most) }, shortened(value, most));
}

/** Integers with commas between them, which may break into lines. */
export function integers(values: Integer[], most = 14): HTMLElement {
  const all = values.flatMap((value, place) => [place > 0 ? ", " : "", integer(value, most)]);
  return h("span", { class: "terms" }, ...all);
}

/** A bar of a probability, stacked by source. Its figures stand beside it as text. */
export function bar(sources: Sources): HTMLElement {
  const parts = SOURCES.map((source) => {
    const share = part(sources, source);
    const piece = h("span", { class: `by-${source.key}`, title: `${source.name}: ${percent(share)}` });
    piece.style.width = `${(100 * Math.min(1, share)).toFixed(2)}%`;
    return share > 0 ? piece : null;
  });
  return h("span", { class: "bar", "aria-hidden": "true" }, ...parts);
}

/** The row of all terms that are not named. */
export function otherRow(probability: number): HTMLLIElement {
  const piece = h("span", { class: "other" });
  piece.style.width = `${(100 * probability).toFixed(2)}%`;
  return h(
    "li",
    { title: "Any term that is not named here" },
    h("span", { class: "term another" }, "another"),
    h("span", { class: "bar", "aria-hidden": "true" }, piece),
    h("span", { class: "share" }, percent(probability)),
  );
}

/** The split of a probability in words, for a screen reader. */
export function split(sources: Sources): string {
  const all = SOURCES.filter((source) => part(sources, source) > 0);
  return all.map((source) => `${source.name} ${percent(part(sources, source))}`).join(", ");
}

export function legend(): HTMLElement {
  const entries = SOURCES.map(({ key, name }) => h("li", {}, h("span", { class: `swatch by-${key}` }), name));
  return h("ul", { class: "legend", "aria-label": "Parts of the bars, from the left" }, ...entries);
}

/** A panel with a heading, and a body that is filled later. */
export function panel(name: string, heading: string, ...before: Node[]) {
  const body = h("div", { class: "body" }, skeleton());
  const id = `ask-${name}`;
  const element = h(
    "section",
    { class: `panel ${name}`, "aria-labelledby": id },
    h("header", {}, h("h2", { id }, heading), ...before),
    body,
  );
  return { element, fill: (...children: (Node | null | false)[]) => fill(body, ...children) };
}

/** Grey lines where an answer will be. */
export function skeleton(lines = 3): HTMLElement {
  const all = Array.from({ length: lines }, () => h("span", {}));
  return h("span", { class: "skeleton", "aria-hidden": "true" }, ...all);
}

export function quiet(...children: (Node | string)[]): HTMLElement {
  return h("p", { class: "quiet" }, ...children);
}

/** A refusal of the engine as a sentence: without the lines that mark a place in the terms. */
export function sentence(message: string): string {
  const [first = ""] = message.split("\n");
  const short = first.replace(/-?\d{21,}/g, (digits) => shortened(digits, 20));
  const begun = short.charAt(0).toUpperCase() + short.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

export function refusal(message: string): HTMLElement {
  return quiet(sentence(message));
}

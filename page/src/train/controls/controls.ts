// The controls: a preset, numbers, decisions, all keys.

import type { App } from "../../app";
import { h } from "../../common/dom";
import { allKeys } from "./keys";
import type { Chosen } from "./chosen";
import { decisions } from "./decisions";
import { numbers } from "./numbers";
import { presets } from "./presets";
import { verdict } from "./verdict";

/** Where the controls stand beside the rest, and are always open; as in style.css. */
const WIDE = "(min-width: 960px)";

export function controls(app: App, chosen: Chosen): HTMLElement {
  const fold = h(
    "details",
    { class: "fold" },
    h("summary", {}, "Choices: preset, decisions, all keys"),
    verdict(app, chosen),
    presets(app),
    h("h3", {}, "Numbers"),
    numbers(app, chosen),
    h("h3", {}, "Decisions of the document"),
    decisions(app, chosen),
    allKeys(app, chosen),
  );
  const wide = matchMedia(WIDE);
  const fit = () => (fold.open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
  return h("div", { class: "controls" }, fold);
}

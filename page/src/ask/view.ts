import type { App, View } from "../app";
import { h } from "../common/dom";

export function askView(_app: App): View {
  return { element: h("section", { class: "ask" }, "ask") };
}

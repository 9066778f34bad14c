import type { App, View } from "../app";
import { h } from "../common/dom";

export function trainView(_app: App): View {
  return { element: h("section", { class: "train" }, "train") };
}

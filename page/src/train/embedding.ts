// How the vectors of the integers lie to each other, now and at the start.

import type { App } from "../app";
import { Scatter } from "../charts/scatter";
import { fill, h } from "../common/dom";
import { Poll } from "./poll";

const PAUSE = 3000;

export class EmbeddingPanel {
  readonly element: HTMLElement;
  private readonly now = new Scatter("Now");
  private readonly start = new Scatter("At the start");
  private readonly message = h("p", { class: "quiet" });
  private readonly pictures: HTMLElement;
  private readonly poll: Poll;
  private startOf: string | null = null;

  constructor(private readonly app: App) {
    this.pictures = h("div", { class: "pair", hidden: true }, this.now.element, this.start.element);
    this.element = h(
      "section",
      { class: "panel embedding" },
      h("h3", {}, "Embedding: a point for each integer"),
      this.message,
      this.pictures,
    );
    this.poll = new Poll(this.element, PAUSE, () => this.ask());
  }

  /** The model may be another one; `anew`: it is one of another training. */
  update(anew: boolean): void {
    if (anew) {
      this.startOf = null;
    }
    const { training } = this.app.engine;
    if (training === null) {
      this.pictures.hidden = true;
      fill(this.message, "It appears when a training has begun.");
    } else {
      this.poll.want();
    }
  }

  private async ask(): Promise<void> {
    const { engine } = this.app;
    const text = engine.training?.config.text;
    if (text === undefined) {
      return;
    }
    try {
      if (this.startOf !== text) {
        this.start.show(await engine.ask("embedding", { model: "start" }));
        this.startOf = text;
      }
      this.now.show(await engine.ask("embedding", { model: "training" }));
      this.pictures.hidden = false;
      fill(this.message, "The two directions in which the vectors differ most. Colours go by value.");
    } catch (error) {
      this.pictures.hidden = true;
      fill(this.message, `There is no picture: ${(error as Error).message}`);
    }
  }
}

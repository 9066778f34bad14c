// Terms are asked about: what follows, who says so, why, and what the model looks at.

import type { App, View } from "../app";
import { attentionPicture } from "../attention/picture";
import { fill, h } from "../common/dom";
import { percent } from "../common/percent";
import type { ModelName, PredictReport } from "../engine/protocol";
import { answerPanel } from "./answer";
import { Asking, type Parts } from "./asking";
import { candidatesPanel } from "./candidates";
import { answerHistory } from "./history";
import { methodsPanel } from "./methods";
import { panel, sentence } from "./parts";
import { questionForm } from "./question";
import type { Outcome } from "./reports";
import { rulesPanel } from "./rules";

/** Milliseconds from an answer of a running training to the next question. */
const AGAIN = 3000;
/** The training has this many times the time that answers take. */
const SHARE = 10;
/** Milliseconds until it is said that an answer takes long. */
const SLOW = 200;

export function askView(app: App): View {
  const { engine, store } = app;
  const asking = new Asking(engine);
  let model: ModelName = "built-in";
  let shown = false;
  /** Whether rules and weights are there. */
  let loaded = false;
  /** The terms whose answer is shown. */
  let shownFor: string | null = null;
  /** The step of the training that was asked last. */
  let step = -1;
  let again: ReturnType<typeof setTimeout> | undefined;

  const form = questionForm({
    terms(text) {
      store.set({ terms: text });
      void ask(true);
    },
    model(name) {
      model = name;
      step = -1;
      void ask(true);
    },
  });
  const history = answerHistory();
  const answer = answerPanel((term) => {
    const text = store.now.terms.trim().replace(/,$/, "");
    form.set(`${text}, ${term}`);
    store.set({ terms: `${text}, ${term}` });
    void ask(true);
    form.input.focus();
  });
  const candidates = candidatesPanel();
  const methods = methodsPanel(history.element);
  const rules = rulesPanel();
  const attention = attentionPicture({ empty: "The weights appear with the answer." });
  const heads = panel("attends", "What each head looks at");
  heads.fill(attention.element);
  /** The answer in a sentence, for a screen reader. */
  const heard = h("p", { class: "unseen", "aria-live": "polite" });
  const results = h(
    "div",
    { class: "results waiting" },
    answer.element,
    methods.element,
    h("div", { class: "pair" }, candidates.element, rules.element),
    heads.element,
  );
  const element = h("section", { class: "ask" }, form.element, heard, results);

  /** Where each part of an answer is shown. */
  const places: Record<keyof Parts, HTMLElement[]> = {
    answer: [answer.element, candidates.element],
    model: [methods.cards.model],
    relations: [methods.cards.relations],
    blend: [methods.cards.blend],
    rules: [rules.element],
    heads: [heads.element],
  };
  /** Says whether a part still belongs to the question before. */
  const due = (part: keyof Parts, is: boolean) =>
    places[part].forEach((place) => place.classList.toggle("due", is));

  const answered = (outcome: Outcome<PredictReport>, byPerson: boolean) => {
    if (!outcome.value) {
      form.error(outcome.refused);
      return;
    }
    form.error(null);
    due("answer", false);
    answer.show(outcome.value);
    candidates.show(outcome.value);
    const [first] = outcome.value.candidates;
    if (byPerson && first) {
      const sure = first.probability === null ? "" : `, ${percent(first.probability)} sure`;
      fill(heard, `The next term is ${first.term}${sure}.`);
    }
  };

  /** Asks about the terms of the address; `byPerson`: not because the training went on. */
  async function ask(byPerson: boolean): Promise<void> {
    clearTimeout(again);
    const text = store.now.terms;
    const ofTraining = model === "training";
    const at = engine.training?.step ?? 0;
    step = ofTraining ? at : -1;
    if (!ofTraining) {
      history.clear();
    }
    if (byPerson) {
      (Object.keys(places) as (keyof Parts)[]).forEach((part) => due(part, true));
    }
    const began = performance.now();
    const slow = setTimeout(() => {
      const loading = ofTraining ? "Loading the rules ..." : "Loading the rules and the built-in model ...";
      form.status(loaded ? "Asking ..." : loading);
      results.setAttribute("aria-busy", "true");
    }, byPerson ? SLOW : AGAIN);
    const newest = await asking.ask({ text, model }, {
      answer(outcome) {
        loaded ||= outcome.value !== undefined;
        shownFor = outcome.value ? text : null;
        clearTimeout(slow);
        results.removeAttribute("aria-busy");
        form.status(ofTraining ? `as of step ${at.toLocaleString("en")}` : "");
        answered(outcome, byPerson);
      },
      model(outcome) {
        due("model", false);
        methods.show("model", outcome);
        if (ofTraining && outcome.value) {
          history.take(text, at, outcome.value);
        }
      },
      relations(outcome) {
        due("relations", false);
        methods.show("relations", outcome);
      },
      blend(outcome) {
        due("blend", false);
        methods.show("blend", outcome);
      },
      rules(outcome) {
        due("rules", false);
        rules.show(outcome);
      },
      heads({ value, refused }) {
        due("heads", false);
        results.classList.remove("waiting");
        attention.show(value ?? null, value ? {} : { message: sentence(refused ?? "") });
      },
    });
    clearTimeout(slow);
    if (newest && model === "training") {
      const took = performance.now() - began;
      again = setTimeout(() => goOn(), Math.max(AGAIN, SHARE * took));
    }
  }

  /** Asks again where the training has learned since. */
  function goOn(): void {
    clearTimeout(again);
    const seen = shown && document.visibilityState === "visible";
    if (seen && model === "training" && engine.training && engine.training.step !== step) {
      void ask(false);
    } else if (shown && model === "training") {
      again = setTimeout(goOn, AGAIN);
    }
  }

  let models = "";
  const offer = () => {
    const { training, runs } = engine;
    const now = JSON.stringify([training !== null, runs.map(({ id, name }) => [id, name])]);
    if (now !== models) {
      models = now;
      const before = model;
      model = form.models(training !== null, runs, model);
      if (model !== before && shown) {
        void ask(true);
      }
    }
  };
  engine.on("training", offer);
  engine.on("runs", offer);
  offer();

  form.set(store.now.terms);
  store.on((now, before) => {
    if (now.terms !== before.terms && form.input.value !== now.terms) {
      form.set(now.terms);
      if (shown) {
        void ask(true);
      }
    }
  });

  return {
    element,
    shown() {
      shown = true;
      // Whoever comes back finds the answer that was there, if it is still one.
      if (shownFor !== store.now.terms || model === "training") {
        void ask(true);
      }
    },
    hidden() {
      shown = false;
      clearTimeout(again);
    },
  };
}

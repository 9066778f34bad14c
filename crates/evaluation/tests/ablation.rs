//! Ablations: the table of decisions against the real config, budgets, and a
//! trial of each kind.

use std::collections::{HashMap, HashSet};

use ninth_evaluation::ablation::decisions::DECISIONS;
use ninth_evaluation::ablation::plan::{Base, Plan, PlanError, Request, compressed};
use ninth_evaluation::ablation::results::{DecisionResult, OptionOutcome, Study};
use ninth_evaluation::ablation::state::{StateError, TrialState};
use ninth_evaluation::ablation::trial::{Judging, TrialError, TrialEvent, TrialOutcome, run};
use ninth_evaluation::ablation::{export, summary};
use ninth_settings::parse_assignment;
use ninth_training::{Config, Preset};
use proptest::prelude::*;

fn base(preset: Preset, assignments: &[&str], steps: u64, seeds: u32) -> Base {
    let assignments = assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
    Base { preset, assignments, steps: Some(steps), seeds }
}

fn plan(base: &Base, requests: &[&str]) -> Result<Plan, PlanError> {
    let requests: Result<Vec<_>, _> = requests.iter().map(|text| Request::parse(text)).collect();
    Plan::new(base, &requests?)
}

/// The study before anything is trained: what is planned.
fn planned(plan: &Plan) -> Study {
    plan.study(String::new(), |_| None)
}

fn names(decision: &DecisionResult) -> Vec<&str> {
    decision.options.iter().map(|option| option.name.as_str()).collect()
}

#[test]
fn every_option_resolves_or_is_refused_with_a_reason() {
    for preset in Preset::ALL {
        let plan = plan(&base(preset, &[], 1000, 1), &["all"]).unwrap();
        let study = planned(&plan);
        assert_eq!(study.decisions.len(), DECISIONS.len());
        for (result, decision) in study.decisions.iter().zip(DECISIONS) {
            let defaults = result.options.iter().filter(|option| option.is_default).count();
            assert_eq!((defaults, result.options[0].is_default), (1, true), "{}", decision.name);
            for option in decision.options {
                let found = result.options.iter().find(|found| found.name == option.name).unwrap();
                let narrow = preset == Preset::Design && decision.name == "heads";
                let allowed = !narrow || ["1", "2"].contains(&option.name);
                match &found.outcome {
                    OptionOutcome::Trained(_) => assert!(allowed, "{}", option.name),
                    OptionOutcome::Refused(reason) => {
                        assert!(!allowed, "{}: {reason}", option.name);
                        assert!(reason.contains("does not divide"), "{reason}");
                    }
                }
            }
        }
        // In the design, the chosen options of the document are the defaults.
        if preset == Preset::Design {
            let defaults: Vec<_> = study
                .decisions
                .iter()
                .filter(|decision| decision.options[0].name != "base")
                .map(|decision| (decision.name.as_str(), decision.options[0].name.as_str()))
                .collect();
            for chosen in [
                ("integers", "0..=255"),
                ("context", "8"),
                ("embedding", "pair"),
                ("heads", "2"),
                ("loss", "distance_weighted"),
                ("distance", "linear"),
                ("positions", "all"),
                ("epochs", "100"),
                ("early_stopping", "never"),
                ("curriculum", "overlapping"),
                ("validation", "steps"),
            ] {
                assert!(defaults.contains(&chosen), "{chosen:?} in {defaults:?}");
            }
        }
    }
}

#[test]
fn a_base_that_is_none_of_the_options_is_one_more() {
    let strong = base(Preset::Strong, &["learning_rate.peak=0.001"], 300, 1);
    let study =
        planned(&plan(&strong, &["epochs", "distance", "learning_rate.peak=0.01"]).unwrap());
    assert_eq!(names(&study.decisions[0]), ["20", "50", "100", "200", "500"]);
    assert_eq!(names(&study.decisions[1]), ["base", "linear", "quadratic", "square_root"]);
    assert_eq!(names(&study.decisions[2]), ["0.001", "0.01"]);
}

#[test]
fn requests_are_met_or_refused_with_what_is_allowed() {
    let design = base(Preset::Design, &[], 1000, 1);
    let study = |requests: &[&str]| planned(&plan(&design, requests).unwrap());
    let found = study(&["activation=relu", "d_model=3,2", "early_stopping.criterion"]);
    assert_eq!(names(&found.decisions[0]), ["gelu", "relu"]);
    assert_eq!(found.decisions[1].name, "model.d_model");
    assert_eq!(names(&found.decisions[1]), ["2", "3"]);
    // Two heads cannot share three features.
    assert!(matches!(&found.decisions[1].options[1].outcome, OptionOutcome::Refused(_)));
    assert_eq!(names(&found.decisions[2]), ["loss", "accuracy", "both"]);
    // What is asked for twice is united.
    let twice = study(&["activation=relu", "activation=silu,gelu", "activation=relu"]);
    assert_eq!(twice.decisions.len(), 1);
    assert_eq!(names(&twice.decisions[0]), ["gelu", "relu", "silu"]);

    // What does not fit into memory is refused like what does not fit together.
    let whole = base(Preset::Design, &["model.d_model=4096", "model.heads=2"], 1000, 1);
    let whole = planned(&plan(&whole, &["model.layers=16"]).unwrap());
    let OptionOutcome::Refused(reason) = &whole.decisions[0].options[1].outcome else {
        panic!("{whole:?}");
    };
    assert!(reason.contains("at most 8.0 GB"), "{reason}");

    for (request, parts) in [
        ("activaton", &["\"activaton\"", "did you mean \"activation\"", "curriculum", "key"][..]),
        ("model.layrs=3", &["\"model.layrs\"", "did you mean \"model.layers\""]),
        ("activation=relo", &["\"relo\"", "did you mean \"relu\"", "gelu, gelu_tanh, "]),
        ("learning_rate.peak", &["learning_rate.peak=0.01", "a number from"]),
        ("model.layers=two", &["model.layers = \"two\"", "a whole number from 1 to 64"]),
        ("model.layers=0", &["model.layers = 0", "a whole number from 1 to 64"]),
        ("all=relu", &["\"all\" takes no options"]),
        ("training.seed=1,2", &["--seeds"]),
        ("kind", &["embedding.kind or loss.kind"]),
        ("activation=", &["\"activation=\"", "DECISION=OPTION"]),
        ("activation=relu,,silu", &["DECISION=OPTION"]),
        ("=relu", &["DECISION=OPTION"]),
    ] {
        let message = plan(&design, &[request]).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in: {message}");
        }
    }
}

#[test]
fn trials_are_distinct_and_the_default_is_shared() {
    let design = base(Preset::Design, &["training.seed=5"], 1000, 2);
    let one = plan(&design, &["activation", "optimizer.kind=adam", "layers=3"]).unwrap();
    let trials = one.trials();
    // Three other activations, adam, three layers, and the default; twice.
    assert_eq!(trials.len(), 2 * 6);
    let keys: HashSet<String> = trials.iter().map(|trial| trial.key()).collect();
    assert_eq!(keys.len(), trials.len());
    assert!(trials[..6].iter().all(|trial| trial.config.training.seed == 5));
    assert!(trials[6..].iter().all(|trial| trial.config.training.seed == 6));
    assert_eq!(trials[0].label, "base");
    // Options that come out the same under two names are trained once.
    let two = plan(&design, &["activation=relu", "model.activation=relu"]).unwrap();
    assert_eq!(two.trials().len(), 2 * 2);
    assert_eq!(planned(&two).decisions.len(), 2);
    // A seed never leaves what a seed may be.
    let last = format!("training.seed={}", i64::MAX);
    let end = plan(&base(Preset::Design, &[&last], 1000, 3), &["layers"]).unwrap();
    assert_eq!(end.seeds(), [i64::MAX]);
}

#[test]
fn budgets_are_equal_but_where_the_budget_is_the_decision() {
    let design = base(Preset::Design, &[], 10_000, 1);
    let all = plan(&design, &["all"]).unwrap();
    let sequences = |config: &Config| config.total_steps() * config.training.batch_size as u64;
    for trial in all.trials() {
        let Config { early_stopping, .. } = &trial.config;
        let stops = trial.label.starts_with("early_stopping=");
        assert_eq!(early_stopping.patience, if stops { 10 } else { 0 }, "{}", trial.label);
        match trial.label.strip_prefix("epochs=") {
            Some(epochs) => {
                assert_eq!(trial.config.total_steps(), 100 * epochs.parse::<u64>().unwrap());
            }
            None => assert_eq!(sequences(&trial.config), 320_000, "{}", trial.label),
        }
    }
    let of = |label: &str| {
        let trial = all.trials().into_iter().find(|trial| trial.label == label);
        trial.unwrap_or_else(|| panic!("{label}")).config
    };
    let large = of("batch_size=128");
    assert_eq!((large.total_steps(), large.learning_rate.warmup_steps), (2500, 125));
    assert!((of("optimizer=sgd_rate_x10").learning_rate.peak - 0.1).abs() < 1e-12);
    assert_eq!(of("optimizer=sgd").learning_rate.peak, 0.01);
    // Each rule as it is usually meant: decay within the gradient is an option of its own.
    let decay = |label: &str| of(label).optimizer.weight_decay;
    assert_eq!((decay("optimizer=adam"), decay("optimizer=sgd")), (0.0, 0.0));
    assert_eq!((decay("optimizer=adam_l2"), decay("optimizer=muon")), (0.01, 0.01));
    let whole = Base { steps: None, ..design };
    let whole = plan(&whole, &["early_stopping=loss"]).unwrap();
    assert_eq!(whole.trials()[1].config, Config::default(), "the design itself");
}

proptest! {
    /// A compressed plan has about the steps asked for, and every part of it the
    /// share that it had.
    #[test]
    fn compression_keeps_proportions(
        epochs in 1_usize..500,
        steps_per_epoch in 1_usize..5000,
        warmup in 0_usize..10_000,
        every in 1_usize..5000,
        steps in 1_u64..1_000_000,
    ) {
        let mut config = Config::default();
        config.training.epochs = epochs;
        config.training.steps_per_epoch = steps_per_epoch;
        config.learning_rate.warmup_steps = warmup;
        config.learning_rate.factor_steps = 1 + warmup;
        config.validation.every_steps = every;
        prop_assert_eq!(&compressed(&config, config.total_steps()), &config);

        let small = compressed(&config, steps);
        let (before, after) = (config.total_steps() as f64, small.total_steps() as f64);
        prop_assert!((after - steps as f64).abs() <= (0.5 * epochs as f64).max(epochs as f64 - 1.0));
        prop_assert_eq!(small.total_steps() % epochs as u64, 0);
        let share = |part: usize, whole: f64| part as f64 / whole;
        for (was, is, least) in [
            (config.learning_rate.warmup_steps, small.learning_rate.warmup_steps, 0.0),
            (config.learning_rate.factor_steps, small.learning_rate.factor_steps, 1.0),
            (config.validation.every_steps, small.validation.every_steps, 1.0),
        ] {
            // Up to the rounding of a step.
            let off = (share(was, before) - share(is, after)).abs() * after;
            prop_assert!(off <= 0.5 + 1e-6 || is as f64 == least, "{was} of {before}, {is} of {after}");
        }
        // The curriculum counts in epochs, and nothing else has changed.
        let mut back = small.clone();
        back.training = config.training.clone();
        back.learning_rate = config.learning_rate.clone();
        back.validation = config.validation.clone();
        prop_assert_eq!(back, config);
    }
}

/// A clock that goes on by a second whenever it is looked at.
fn clock() -> impl Fn() -> f64 + Clone + 'static {
    let seconds = std::rc::Rc::new(std::cell::Cell::new(0.0));
    move || {
        seconds.set(seconds.get() + 1.0);
        seconds.get()
    }
}

fn never() -> bool {
    false
}

const JUDGING: Judging = Judging { seed: 0, sequences: 200, continuations: 20 };

#[test]
fn a_trial_gives_results_which_repeat_themselves() {
    let design = base(Preset::Design, &["steps_per_epoch=3"], 100, 2);
    let plan = plan(&design, &["normalisation=pre"]).unwrap();
    let trials = plan.trials();
    let mut outcomes = HashMap::new();
    for trial in &trials {
        let mut watched = Vec::new();
        let outcome = run(&trial.config, JUDGING, None, clock(), never, |event| {
            let TrialEvent::Steps(step) = event else { panic!("{event:?}") };
            watched.push(step);
        })
        .unwrap();
        assert!(watched.is_sorted() && watched.last() == Some(&100), "{watched:?}");
        let TrialOutcome::Trained(result) = &outcome else { panic!("{outcome:?}") };
        assert_eq!((result.seed, result.steps), (trial.config.training.seed, 100));
        assert!(result.parameters == 1140 || trial.label != "base");
        assert_eq!(result.curve.last().unwrap().step, 100);
        // Events of training take a second each, and so does a continuation.
        assert_eq!(result.microseconds_per_step, 1e4 * watched.len() as f64);
        assert_eq!(result.microseconds_per_term, 1e6 / 5.0);
        assert!(
            (4.0..7.0).contains(&result.metrics.cross_entropy),
            "{}",
            result.metrics.cross_entropy
        );
        outcomes.insert(trial.key(), outcome);
    }
    let again = run(&trials[0].config, JUDGING, None, clock(), never, |_| ()).unwrap();
    assert_eq!(outcomes[&trials[0].key()], again);

    let study = plan.study("ninth".to_string(), |key| outcomes.get(key));
    assert_eq!((study.base.as_str(), study.steps, &study.seeds), ("design", 100, &vec![0, 1]));
    let decision = &study.decisions[0];
    let [default, pre] = decision.options.as_slice() else { panic!("{study:?}") };
    let quantity = summary::Quantity::ACCURACY_LAST;
    let differences: Vec<f64> = summary::differences(decision, pre, quantity)
        .iter()
        .map(|(_, difference)| *difference)
        .collect();
    let values = |option| {
        summary::trained(option).iter().map(|result| quantity.of(result)).collect::<Vec<_>>()
    };
    let expected: Vec<f64> = values(pre).iter().zip(values(default)).map(|(a, b)| a - b).collect();
    assert_eq!(differences, expected);
    assert!(summary::difference(decision, default, quantity).mean.is_nan());

    let json = export::json(&study);
    let option = &json["decisions"][0]["options"][1];
    assert_eq!(option["option"], "pre");
    assert_eq!(option["accuracy_last"]["values"][1], values(pre)[1]);
    assert_eq!(option["difference"]["values"][0], expected[0]);
    let csv = export::csv(&study);
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 1 + 2 * 4, "{csv}");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{csv}");
    assert_eq!(rows[1][..4], ["normalisation", "none", "true", "0"]);
    assert_eq!(rows[7][..4], ["normalisation", "pre", "false", "mean"]);
}

#[test]
fn a_trial_that_diverges_is_an_outcome() {
    let wild = [
        "learning_rate.peak=10",
        "learning_rate.schedule=constant",
        "clipping.kind=none",
        "optimizer.kind=sgd",
        "training.epochs=40",
        "loss.distance=quadratic",
    ];
    let wild = base(Preset::Design, &wild, 4000, 1);
    let plan = plan(&wild, &["activation=relu"]).unwrap();
    let outcome = run(&plan.trials()[1].config, JUDGING, None, clock(), never, |_| ()).unwrap();
    let TrialOutcome::Failed(reason) = &outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("diverged"), "{reason}");
    let key = plan.trials()[1].key();
    let study = plan.study(String::new(), |found| (found == key).then_some(&outcome));
    let option = &study.decisions[0].options[1];
    assert_eq!((option.failures.len(), option.failures[0].seed), (1, 0));
    assert_eq!(option.outcome, OptionOutcome::Trained(Vec::new()));
    let json = export::json(&study);
    assert_eq!(json["decisions"][0]["options"][1]["failed"][0]["seed"], 0);
    assert!(json["decisions"][0]["options"][1]["loss"]["mean"].is_null());
    assert!(export::csv(&study).contains("activation,relu,false,0,,"));
}

/// An outcome without what no two trainings have in common.
fn without_times(outcome: TrialOutcome) -> TrialOutcome {
    let TrialOutcome::Trained(mut result) = outcome else { panic!("{outcome:?}") };
    (result.microseconds_per_step, result.microseconds_per_term) = (0.0, 0.0);
    TrialOutcome::Trained(result)
}

#[test]
fn a_trial_goes_on_from_any_step_to_the_same_figures() {
    let moments = ["validation.every_steps=25", "validation.sequences=50", "model.dropout=0.1"];
    let base = base(Preset::Quick, &moments, 60, 1);
    let plan = plan(&base, &["normalisation=none"]).unwrap();
    let [first, other] = plan.trials().try_into().unwrap();
    let whole = run(&first.config, JUDGING, None, clock(), never, |_| ()).unwrap();
    let stops = |steps: u64| {
        let asked = std::cell::Cell::new(0);
        move || {
            asked.set(asked.get() + 1);
            asked.get() > steps
        }
    };
    // In several parts, cut before, at and after validations and progress events.
    let (mut state, mut parts, mut step): (Option<TrialState>, _, _) = (None, 0, 0);
    let outcome = loop {
        let mut kept = None;
        let stop = stops([0, 1, 12, 13][parts % 4]);
        let ended = run(&first.config, JUDGING, state.clone(), clock(), stop, |event| {
            if let TrialEvent::State(state) = event {
                kept = Some(state);
            }
        });
        parts += 1;
        match ended {
            Ok(outcome) => break outcome,
            Err(error) => assert_eq!(error, TrialError::Interrupted),
        }
        let Some(kept) = kept else { continue };
        step = kept.checkpoint.step.max(step);
        let bytes = kept.to_bytes(&first.config).unwrap();
        let back = TrialState::from_bytes(&bytes, &first.config).unwrap();
        assert_eq!(back, *kept);
        assert_eq!(TrialState::from_bytes(&bytes, &other.config), Err(StateError::OtherTrial));
        state = Some(back);
    };
    assert!(parts > 6 && step > 30, "{parts} parts, {step}");
    assert_eq!(without_times(outcome), without_times(whole));

    // Anything else is refused.
    let bytes = state.unwrap().to_bytes(&first.config).unwrap();
    let read = |bytes: &[u8]| TrialState::from_bytes(bytes, &first.config);
    for at in (0..bytes.len()).step_by(bytes.len() / 61) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_eq!(read(&damaged), Err(StateError::Damaged), "{at}");
        assert_eq!(read(&bytes[..at]), Err(StateError::Damaged), "{at}");
    }
}

#[test]
fn a_long_trial_tells_its_state_by_the_minute() {
    let base = base(Preset::Design, &["validation.every_steps=1000"], 20_000, 1);
    let plan = plan(&base, &["normalisation=none"]).unwrap();
    let trial = &plan.trials()[0];
    let mut told = Vec::new();
    // Each progress event takes a second on this clock, so a state follows every sixty of them.
    run(&trial.config, JUDGING, None, clock(), never, |event| {
        if let TrialEvent::State(state) = event {
            told.push((state.checkpoint.step, state.seconds));
        }
    })
    .unwrap();
    assert_eq!(told, [(6000, 60.0), (12_000, 120.0), (18_000, 180.0)]);
}

//! The decisions of the design document with their options, as one table.
//!
//! An option is a name and the assignments that make it. Which option is the
//! default follows from the base: it is the one that changes nothing there.

/// A decision of the design document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Its name.
    pub name: &'static str,
    /// One line on what is decided.
    pub meaning: &'static str,
    /// Its options, in the order of the document.
    pub options: &'static [Choice],
}

/// An option of a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// Assignments on top of the base: `key=value` texts.
    pub assignments: &'static [&'static str],
    /// A change that depends on the base.
    pub relative: Option<Relative>,
}

/// A change that depends on the base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relative {
    /// The base's largest learning rate, times this.
    PeakTimes(f64),
    /// The base's patience, which is 0 in all other trainings.
    Patience,
}

const fn option(name: &'static str, assignments: &'static [&'static str]) -> Choice {
    Choice { name, assignments, relative: None }
}

const fn relative(
    name: &'static str,
    assignments: &'static [&'static str],
    relative: Relative,
) -> Choice {
    Choice { name, assignments, relative: Some(relative) }
}

/// The decisions whose options differ in how terms are generated rather than in
/// how they are learned.
pub const OF_GENERATION: [&str; 2] = ["generation", "decoding"];

/// All decisions.
pub const DECISIONS: &[Decision] = &[
    Decision {
        name: "integers",
        meaning: "which integers a term may be, each a class",
        options: &[
            option("0..=255", &["sequences.minimum=0", "sequences.maximum=255"]),
            option("-128..=127", &["sequences.minimum=-128", "sequences.maximum=127"]),
            option("0..=1023", &["sequences.minimum=0", "sequences.maximum=1023"]),
        ],
    },
    Decision {
        name: "context",
        meaning: "how many terms the model sees",
        options: &[
            option("8", &["sequences.context=8"]),
            option("16", &["sequences.context=16"]),
            option("variable", &["sequences.lengths=variable"]),
        ],
    },
    Decision {
        name: "embedding",
        meaning: "how integers and positions become vectors",
        // The pair is projected where the base projects.
        options: &[
            option("pair", &["embedding.kind=pair", "embedding.table=fixed"]),
            option(
                "learned",
                &["embedding.kind=learned", "embedding.projection=false", "embedding.table=fixed"],
            ),
            option(
                "frequency",
                &["embedding.kind=frequency", "embedding.projection=true", "embedding.table=fixed"],
            ),
            option(
                "frequency_trained",
                &[
                    "embedding.kind=frequency",
                    "embedding.projection=true",
                    "embedding.table=learned",
                ],
            ),
            option(
                "number_theoretic",
                &[
                    "embedding.kind=number_theoretic",
                    "embedding.projection=true",
                    "embedding.table=fixed",
                ],
            ),
            option(
                "number_theoretic_trained",
                &[
                    "embedding.kind=number_theoretic",
                    "embedding.projection=true",
                    "embedding.table=learned",
                ],
            ),
            option(
                "binary",
                &["embedding.kind=binary", "embedding.projection=true", "embedding.table=fixed"],
            ),
            option(
                "learned+frequency",
                &[
                    "embedding.kind=learned+frequency",
                    "embedding.projection=true",
                    "embedding.table=fixed",
                ],
            ),
        ],
    },
    Decision {
        name: "layers",
        meaning: "transformer layers",
        options: &[
            option("2", &["model.layers=2"]),
            option("3", &["model.layers=3"]),
            option("4", &["model.layers=4"]),
            option("6", &["model.layers=6"]),
        ],
    },
    Decision {
        name: "heads",
        meaning: "attention heads; they must divide the width of the model",
        options: &[
            option("1", &["model.heads=1"]),
            option("2", &["model.heads=2"]),
            option("4", &["model.heads=4"]),
            option("8", &["model.heads=8"]),
        ],
    },
    Decision {
        name: "feed_forward",
        meaning: "width of the feed-forward layers",
        options: &[
            option("32", &["model.feed_forward=32"]),
            option("64", &["model.feed_forward=64"]),
            option("128", &["model.feed_forward=128"]),
            option("256", &["model.feed_forward=256"]),
        ],
    },
    Decision {
        name: "dropout",
        meaning: "share of the activations that training leaves out",
        options: &[
            option("0", &["model.dropout=0"]),
            option("0.1", &["model.dropout=0.1"]),
            option("0.2", &["model.dropout=0.2"]),
        ],
    },
    Decision {
        name: "normalisation",
        meaning: "where the residual stream is normalised",
        options: &[
            option("none", &["model.normalisation=none"]),
            option("pre", &["model.normalisation=pre"]),
            option("post", &["model.normalisation=post"]),
        ],
    },
    Decision {
        name: "activation",
        meaning: "activation of the feed-forward layers",
        options: &[
            option("gelu", &["model.activation=gelu"]),
            option("gelu_tanh", &["model.activation=gelu_tanh"]),
            option("silu", &["model.activation=silu"]),
            option("relu", &["model.activation=relu"]),
        ],
    },
    Decision {
        name: "output",
        meaning: "a class per integer, or one number (with the distance loss)",
        options: &[
            option("classification", &["model.output=classification"]),
            option("regression", &["model.output=regression", "loss.kind=distance"]),
        ],
    },
    Decision {
        name: "loss",
        meaning: "what training minimises",
        options: &[
            option("cross_entropy", &["loss.kind=cross_entropy"]),
            option("distance_weighted", &["loss.kind=distance_weighted"]),
            option("distance", &["loss.kind=distance"]),
        ],
    },
    Decision {
        name: "distance",
        meaning: "the weight of a distance, in the distance-weighted loss",
        options: &[
            option("linear", &["loss.kind=distance_weighted", "loss.distance=linear"]),
            option("quadratic", &["loss.kind=distance_weighted", "loss.distance=quadratic"]),
            option("square_root", &["loss.kind=distance_weighted", "loss.distance=square_root"]),
        ],
    },
    Decision {
        name: "positions",
        meaning: "which positions count in the loss",
        options: &[
            option("all", &["loss.positions=all"]),
            option("last", &["loss.positions=last"]),
            option("weighted", &["loss.positions=weighted"]),
        ],
    },
    Decision {
        name: "examples",
        meaning: "whether a sequence is an example of all its prefixes",
        options: &[
            option("prefixes", &["training.examples=prefixes"]),
            option("full", &["training.examples=full", "loss.positions=last"]),
        ],
    },
    Decision {
        name: "batch_size",
        meaning: "sequences per step; of larger batches there are fewer",
        options: &[
            option("32", &["training.batch_size=32"]),
            option("64", &["training.batch_size=64"]),
            option("128", &["training.batch_size=128"]),
        ],
    },
    Decision {
        name: "learning_rate",
        meaning: "how the learning rate changes",
        options: &[
            option("warmup_cosine", &["learning_rate.schedule=warmup_cosine"]),
            option("constant", &["learning_rate.schedule=constant"]),
            option("step", &["learning_rate.schedule=step"]),
            option("exponential", &["learning_rate.schedule=exponential"]),
        ],
    },
    Decision {
        name: "optimizer",
        meaning: "how gradients become updates",
        options: &[
            option("adamw", &["optimizer.kind=adamw"]),
            option("adam", &["optimizer.kind=adam"]),
            // With the decay that AdamW has, as a part of the gradient.
            option("adam_l2", &["optimizer.kind=adam", "optimizer.weight_decay=0.01"]),
            option("sgd", &["optimizer.kind=sgd"]),
            option("muon", &["optimizer.kind=muon"]),
            relative("sgd_rate_x10", &["optimizer.kind=sgd"], Relative::PeakTimes(10.0)),
        ],
    },
    Decision {
        name: "decayed",
        meaning: "which parameters decay",
        options: &[
            option("weights", &["optimizer.decayed=weights"]),
            option("all", &["optimizer.decayed=all"]),
        ],
    },
    Decision {
        name: "epochs",
        meaning: "how long training goes on; here the budgets differ",
        options: &[
            option("50", &["training.epochs=50"]),
            option("100", &["training.epochs=100"]),
            option("200", &["training.epochs=200"]),
            option("500", &["training.epochs=500"]),
        ],
    },
    Decision {
        name: "early_stopping",
        meaning: "what has to get better for training to go on",
        options: &[
            option("never", &["early_stopping.patience=0"]),
            relative("loss", &["early_stopping.criterion=loss"], Relative::Patience),
            relative("accuracy", &["early_stopping.criterion=accuracy"], Relative::Patience),
            relative("both", &["early_stopping.criterion=both"], Relative::Patience),
        ],
    },
    Decision {
        name: "curriculum",
        meaning: "how new phases enter; none: all of them from the start",
        options: &[
            option("overlapping", &["curriculum.transition=overlapping"]),
            option("strict", &["curriculum.transition=strict"]),
            option(
                "none",
                &[
                    "curriculum.nested_start=0",
                    "curriculum.nested_length=0",
                    "curriculum.combined_start=0",
                    "curriculum.combined_length=0",
                    "curriculum.wider_start=0",
                    "curriculum.wider_length=0",
                ],
            ),
        ],
    },
    Decision {
        name: "clipping",
        meaning: "what is done about large gradients",
        options: &[
            option("global_norm", &["clipping.kind=global_norm"]),
            option("value", &["clipping.kind=value"]),
            option("none", &["clipping.kind=none"]),
        ],
    },
    Decision {
        name: "validation",
        meaning: "when the model is judged, to keep the best weights",
        options: &[
            option("epoch", &["validation.frequency=epoch"]),
            option("steps", &["validation.frequency=steps"]),
            // A training that takes seconds would never reach a minute.
            option("minutes", &["validation.frequency=minutes", "validation.every_minutes=0.01"]),
            option("adaptive", &["validation.frequency=adaptive"]),
        ],
    },
    Decision {
        name: "generation",
        meaning: "how the terms of a continuation are computed",
        options: &[
            option("cached", &["generation.strategy=cached"]),
            option("naive", &["generation.strategy=naive"]),
            option("parallel", &["generation.strategy=parallel"]),
        ],
    },
    Decision {
        name: "decoding",
        meaning: "how the terms of a continuation are chosen",
        options: &[
            option("greedy", &["generation.decoding=greedy"]),
            option("beam", &["generation.decoding=beam"]),
            option("sample", &["generation.decoding=sample"]),
        ],
    },
];

#[cfg(test)]
mod tests {
    use ninth_settings::{Sections, Value};
    use ninth_training::Config;

    use super::*;

    #[test]
    fn every_option_of_the_config_is_an_option_of_its_decision() {
        for entry in Config::default().entries().iter().filter(|entry| !entry.choices.is_empty()) {
            let assigned = |choice: &str| {
                let assignment = format!("{}={choice}", entry.path());
                let mut options = DECISIONS.iter().flat_map(|decision| decision.options);
                options.any(|option| option.assignments.contains(&assignment.as_str()))
            };
            let choices = || entry.choices.iter().copied();
            let default = |choice: &&str| entry.value == Value::Text((*choice).to_string());
            let lack: Vec<&str> =
                choices().filter(|choice| !default(choice) && !assigned(choice)).collect();
            // A key of which no value is an option is no decision of its own.
            assert!(!choices().any(assigned) || lack.is_empty(), "{}: {lack:?}", entry.path());
        }
    }

    #[test]
    fn names_are_unique_and_can_be_written_on_a_command_line() {
        let fine = |name: &str| !name.is_empty() && !name.contains([',', ' ', '"']);
        for (index, decision) in DECISIONS.iter().enumerate() {
            let name = decision.name;
            assert!(fine(name) && !name.contains(['=', '.']) && name != "all", "{name}");
            assert!(DECISIONS[..index].iter().all(|other| other.name != name), "{name}");
            assert!(decision.options.len() > 1, "{name}");
            for (index, option) in decision.options.iter().enumerate() {
                assert!(fine(option.name), "{name}={}", option.name);
                let before = &decision.options[..index];
                assert!(before.iter().all(|other| other.name != option.name), "{}", option.name);
            }
        }
        for name in OF_GENERATION {
            assert!(DECISIONS.iter().any(|decision| decision.name == name), "{name}");
        }
    }
}

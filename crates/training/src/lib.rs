//! Training: from a config to a model that has learned.
//!
//! Data flows one way: the [`config`] says what to do, [`training_approach`] draws the
//! sequences of a step, an [`engine`] runs model, loss and [`optimizer`] on them, and the
//! [`trainer`] decides when to validate, to stop, and what to keep.
//!
//! | file | heading |
//! |---|---|
//! | [`config`] | all decisions together, presets |
//! | [`training_approach`] | training approach: all prefixes, or full sequences |
//! | [`sample_batch`] | batches of whole sequences, to judge a model by |
//! | [`engine`] | what runs a step: the trait, and the CPU |
//! | [`optimizer`] | optimizer, a file per update rule |
//! | [`schedule`] | learning rate |
//! | [`clipping`] | gradient clipping |
//! | [`early_stopping`] | early stopping criteria |
//! | [`validation`], [`metrics`], [`baselines`] | validation, its metrics, what they are compared with |
//! | [`validation_frequency`] | validation frequency |
//! | [`hardware`] | the limits of the document's card |
//! | [`memory`] | memory estimation |
//! | [`confusion`] | what is predicted where something else is right |
//! | [`trainer`] | the loop: steps, validations, the end |
//! | [`divergence`] | a loss that stays high or is not finite |
//! | [`stages`] | training in stages, each from the weights of the one before |
//! | [`trained_model`] | a file of weights, and what may begin with it |
//! | [`checkpoint`] | the whole state of a training as bytes |
//! | [`metadata`] | what both say beside their tensors |
//! | [`logging`] | TensorBoard events, its HParams, and JSON lines |
//! | `run_directory` | the folder of a run and its logs (feature `files`) |
//! | `files` | atomic writes and locks (feature `files`) |
//!
//! Nothing here knows of the command line; without the feature `files` nothing
//! touches a file, and nothing ever looks at a clock.
//!
//! A whole training, a short one:
//!
//! ```
//! use ninth_settings::parse_assignment;
//! use ninth_training::{Config, CpuEngine, Event, Preset, Trainer};
//!
//! let assignments = ["epochs=2", "steps_per_epoch=20", "validation.frequency=epoch"];
//! let assignments = assignments.map(|text| parse_assignment(text).unwrap());
//! let config = Config::resolve(Preset::Design, &assignments)?;
//! let engine = CpuEngine::new(&config, 1)?;
//! let mut trainer = Trainer::new(config, Box::new(engine), Box::new(|| 0.0))?;
//! let mut losses = Vec::new();
//! loop {
//!     match trainer.advance()? {
//!         Event::Validated(validation) => {
//!             losses.push(validation.judgement.overall().model.metrics().loss);
//!         }
//!         Event::Finished(_) => break,
//!         Event::Progress(_) | Event::Diverging(_) | Event::Interrupted => {}
//!     }
//! }
//! assert_eq!((trainer.step(), losses.len()), (40, 2));
//! // The engine has the best weights now.
//! assert_eq!(trainer.engine().parameters()?, trainer.best().unwrap().parameters);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub mod baselines;
pub mod checkpoint;
pub mod clipping;
pub mod config;
pub mod confusion;
pub mod divergence;
pub mod early_stopping;
pub mod engine;
#[cfg(feature = "files")]
pub mod files;
pub mod hardware;
pub mod logging;
pub mod memory;
pub mod metadata;
pub mod optimizer;
#[cfg(feature = "files")]
pub mod run_directory;
pub mod sample_batch;
pub mod schedule;
pub mod stages;
pub mod trained_model;
pub mod trainer;
pub mod training_approach;
pub mod validation;
pub mod validation_frequency;

pub use config::{Config, ConfigError, Preset};
pub use engine::{CpuEngine, Engine};
pub use ninth_inference::metrics;
pub use trainer::{Event, Trainer};

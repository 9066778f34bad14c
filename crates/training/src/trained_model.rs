//! A trained model: its file of weights, and which trainings may begin with it.

use ninth_kernels::{Lanes, as_floats};
use ninth_model::parameters::Tensor;
use ninth_model::weights::{self, LoadOptions, Weights};
use ninth_model::{Layout, Transformer};

use crate::metadata::{self, ReadError, model_in, read_stages};
use crate::stages::Stage;
use crate::{Config, ConfigError};

/// A trained model.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    /// The training that made it.
    pub stage: Stage,
    /// The trainings before that, the oldest first.
    pub earlier: Vec<Stage>,
    /// The model.
    pub model: Transformer,
    /// The arena of its parameters.
    pub parameters: Vec<Lanes>,
}

/// Why a training cannot begin with the weights of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UnfitWeights {
    /// The model knows other integers.
    #[error(
        "they know the integers from {} to {}, this training has those from {} to {}{HOW_TO_FIT}",
        there[0], there[1], here[0], here[1]
    )]
    Range {
        /// The least and the greatest integer of the weights.
        there: [i64; 2],
        /// The same of the training.
        here: [i64; 2],
    },
    /// The model has another tensor.
    #[error("they have {there}, where this training has {here}{HOW_TO_FIT}")]
    Tensor {
        /// The first tensor of the weights that differs.
        there: String,
        /// The tensor of the training in its place.
        here: String,
    },
    /// The training's config describes no model.
    #[error(transparent)]
    Config(Box<ConfigError>),
}

const HOW_TO_FIT: &str = "; sequences.minimum, sequences.maximum and what shapes the model have \
                          to stay as they were there";

impl From<ConfigError> for UnfitWeights {
    fn from(error: ConfigError) -> Self {
        UnfitWeights::Config(Box::new(error))
    }
}

impl TrainedModel {
    /// The model in a file of weights or a checkpoint; that of a checkpoint is the one at its
    /// step, not the best so far.
    ///
    /// # Errors
    ///
    /// If the file is anything else, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        Self::from_bytes_with(bytes, LoadOptions::default())
    }

    /// [`from_bytes`](Self::from_bytes), as strict as the options say.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes).
    pub fn from_bytes_with(bytes: &[u8], options: LoadOptions) -> Result<Self, ReadError> {
        let weights = Weights::parse_with(bytes, options)?;
        let (stage, earlier) = read_stages(&weights)?;
        let model = model_in(&weights, &stage.config)?;
        let parameters = weights.arena("", model.layout())?;
        Ok(TrainedModel { stage, earlier, model, parameters })
    }

    /// Checks that a training with this config can begin with these weights: the integers are
    /// the same, and so are names and shapes of all tensors.
    ///
    /// # Errors
    ///
    /// If they differ, with the first difference.
    pub fn check_fits(&self, config: &Config) -> Result<(), UnfitWeights> {
        let (there, here) = (self.stage.config.range()?, config.range()?);
        if there != here {
            let [there, here] = [there, here].map(|range| [range.min(), range.max()]);
            return Err(UnfitWeights::Range { there, here });
        }
        let model = Transformer::new(config.architecture()?);
        let (there, here) = (self.model.layout().tensors(), model.layout().tensors());
        let described = |tensor: Option<&Tensor>| {
            tensor.map_or("nothing more".to_string(), |tensor| {
                format!("the tensor {:?} of {:?}", tensor.name, tensor.shape)
            })
        };
        for index in 0..there.len().max(here.len()) {
            let [there, here] = [there, here].map(|tensors| described(tensors.get(index)));
            if there != here {
                return Err(UnfitWeights::Tensor { there, here });
            }
        }
        Ok(())
    }
}

/// A file of weights: the parameters, the stage that made them, and the stages before.
///
/// # Errors
///
/// If the arena does not fit the layout's tensors.
pub fn weights_to_bytes(
    stage: &Stage,
    earlier: &[Stage],
    layout: &Layout,
    parameters: &[Lanes],
) -> Result<Vec<u8>, ninth_model::Error> {
    let [config, steps, stages] = metadata::of_stages(stage, earlier);
    let metadata = [
        (metadata::CONFIG, config.as_str()),
        (metadata::STEPS, &steps),
        (metadata::STAGES, &stages),
    ];
    weights::to_bytes(&metadata, layout, &[("", as_floats(parameters))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;
    use ninth_settings::parse_assignment;

    fn config(assignments: &[&str]) -> Config {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(Preset::Design, &assignments).unwrap()
    }

    fn stage(seed: i64, steps: u64) -> Stage {
        let mut config = config(&[]);
        config.training.seed = seed;
        Stage { config, steps }
    }

    fn layout() -> Layout {
        Transformer::new(config(&[]).architecture().unwrap()).layout().clone()
    }

    #[test]
    fn a_model_comes_back_with_all_its_stages() {
        let (layout, stage_of) = (layout(), stage);
        let parameters = layout.initial(3);
        for earlier in [vec![], vec![stage_of(1, 10)], vec![stage_of(1, 10), stage_of(2, 0)]] {
            let stage = stage_of(3, 4321);
            let bytes = weights_to_bytes(&stage, &earlier, &layout, &parameters).unwrap();
            let found = TrainedModel::from_bytes(&bytes).unwrap();
            assert_eq!((found.stage, found.earlier), (stage, earlier));
            assert_eq!(found.parameters, parameters);
        }
    }

    #[test]
    fn metadata_that_cannot_be_are_refused() {
        let (layout, text) = (layout(), config(&[]).to_text(false));
        let parameters = layout.initial(3);
        let read = |config: &str, steps: &str, stages: &str| {
            let metadata = [("config", config), ("steps", steps), ("stages", stages)];
            let bytes =
                weights::to_bytes(&metadata, &layout, &[("", as_floats(&parameters))]).unwrap();
            TrainedModel::from_bytes(&bytes).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(read(&text, "100000", "[]"), Ok(()));
        // What is not known of a file that was changed.
        let changed = |config: &str, steps: &str, stages: &str| {
            let metadata = [("config", config), ("steps", steps), ("stages", stages)];
            let arena = as_floats(&parameters);
            let bytes = weights::to_bytes(&metadata, &layout, &[("", arena)]).unwrap();
            TrainedModel::from_bytes_with(&bytes, LoadOptions { accept_changed: true })
        };
        for (steps, stages) in [("", "[]"), ("100001", "[1]"), ("7", "")] {
            assert!(read(&text, steps, stages).is_err());
            let found = changed(&text, steps, stages).unwrap();
            let expected = if steps == "7" { 7 } else { 100_000 };
            assert_eq!((found.stage.steps, found.earlier), (expected, vec![]));
            assert_eq!(found.parameters, parameters);
        }
        assert!(changed("nonsense = 1", "7", "[]").is_err());
        for (steps, stages, expected) in [
            ("", "[]", "\"steps\""),
            ("many", "[]", "\"steps\""),
            // More than the config plans.
            ("100001", "[]", "\"steps\""),
            ("5", "", "\"stages\""),
            ("5", "[1]", "\"stages\""),
            ("5", "[{\"config\":\"nonsense = 1\",\"steps\":1}]", "config, earlier stage 1"),
        ] {
            let error = read(&text, steps, stages).unwrap_err();
            assert!(error.contains(expected), "{steps}, {stages}: {error}");
        }
        assert!(read("nonsense = 1", "5", "[]").unwrap_err().contains("nonsense"));
        let bytes = weights::to_bytes(&[], &layout, &[("", as_floats(&parameters))]).unwrap();
        let error = TrainedModel::from_bytes(&bytes).unwrap_err();
        assert_eq!(error, ReadError::Metadata("steps"));
    }

    #[test]
    fn only_weights_of_the_same_model_fit() {
        let layout = layout();
        let bytes = weights_to_bytes(&stage(1, 10), &[], &layout, &layout.initial(3)).unwrap();
        let trained = TrainedModel::from_bytes(&bytes).unwrap();
        assert_eq!(trained.check_fits(&config(&["epochs=7", "batch_size=9"])), Ok(()));
        for (assignments, expected) in [
            // As many classes, but others.
            (
                &["sequences.minimum=-128", "maximum=127"][..],
                "from 0 to 255, this training has those from -128",
            ),
            (&["feed_forward=64"], "\"layers.0.feed_forward.input.weight\""),
            (&["layers=1"], "where this training has the tensor \"head.weight\""),
        ] {
            let message = trained.check_fits(&config(assignments)).unwrap_err().to_string();
            assert!(message.contains(expected), "{assignments:?}: {message}");
            assert!(message.ends_with("have to stay as they were there"), "{message}");
        }
    }
}

//! The shape of a model: everything that its parameters depend on.

use ninth_sequences::IntegerRange;

use crate::Error;
use crate::activation::Activation;
use crate::embedding::EmbeddingSettings;
use crate::normalisation::Normalisation;
use crate::output::Output;

ninth_settings::settings! {
    /// The transformer's layers.
    pub struct ModelSettings: "model" {
        /// width of the residual stream
        pub d_model: usize = 2, in 1..=4096;
        /// transformer layers
        pub layers: usize = 2, in 1..=64;
        /// attention heads; must divide d_model
        pub heads: usize = 2, in 1..=256;
        /// width of the feed-forward layers
        pub feed_forward: usize = 32, in 1..=16384;
        /// share that training leaves out of attention weights and of what each layer adds
        pub dropout: f64 = 0.0, in 0.0..=0.9;
        /// activation of the feed-forward layers
        pub activation: Activation = Activation::Gelu;
        /// where the residual stream is normalised
        pub normalisation: Normalisation = Normalisation::None;
        /// what the head gives for each position
        pub output: Output = Output::Classification;
    }
}

/// The shape of a model, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    range: IntegerRange,
    context: usize,
    embedding: EmbeddingSettings,
    model: ModelSettings,
}

impl Architecture {
    /// Checks that the parts fit each other.
    ///
    /// # Errors
    ///
    /// If the number of heads does not divide the width, an embedding without projection
    /// has another width, or the model would have more than 2^31 parameters.
    pub fn new(
        range: IntegerRange,
        context: usize,
        embedding: EmbeddingSettings,
        model: ModelSettings,
    ) -> Result<Self, Error> {
        let d_model = model.d_model;
        if !d_model.is_multiple_of(model.heads) {
            let divisors: Vec<String> = (1..=d_model)
                .filter(|h| d_model.is_multiple_of(*h))
                .map(|h| h.to_string())
                .collect();
            let allowed = divisors.join(", ");
            return Err(Error::Heads { heads: model.heads, d_model, allowed });
        }
        let architecture = Architecture { range, context, embedding, model };
        let width = architecture.embedding_width();
        if !architecture.embedding.projection && width != d_model {
            let kind = architecture.embedding.kind.to_string();
            return Err(Error::EmbeddingWidth { kind, width, d_model });
        }
        let parameters = architecture.rough_parameter_count();
        if parameters > 1 << 31 {
            return Err(Error::TooLarge { parameters });
        }
        Ok(architecture)
    }

    /// The integers that are its classes.
    pub fn range(&self) -> IntegerRange {
        self.range
    }

    /// V: the number of classes.
    pub fn classes(&self) -> usize {
        self.range.classes()
    }

    /// T: the largest number of terms that a prediction depends on.
    pub fn context(&self) -> usize {
        self.context
    }

    /// How integers and positions become vectors.
    pub fn embedding(&self) -> &EmbeddingSettings {
        &self.embedding
    }

    /// The layers.
    pub fn model(&self) -> &ModelSettings {
        &self.model
    }

    /// D: the width of a head.
    pub fn head_width(&self) -> usize {
        self.model.d_model / self.model.heads
    }

    /// The width of the head's output: V, or one for a regression.
    pub fn outputs(&self) -> usize {
        self.model.output.width(self.classes())
    }

    /// E: the width of the embedding before its projection.
    pub fn embedding_width(&self) -> usize {
        self.embedding.kind.width(self.classes(), self.context, self.model.d_model)
    }

    /// An upper bound of the number of parameters, computed without overflow: models that
    /// are far too large are refused before memory is allocated.
    fn rough_parameter_count(&self) -> u128 {
        let wide = |n: usize| n as u128;
        let (c, f) = (wide(self.model.d_model), wide(self.model.feed_forward));
        let layer = 4 * c * (c + 1) + 2 * c * f + f + 5 * c;
        let e = wide(self.embedding_width());
        let tables = (wide(self.classes()) + wide(self.context)) * e;
        wide(self.model.layers) * layer + wide(self.outputs()) * (c + 1) + tables + c * (e + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(model: ModelSettings) -> Result<Architecture, Error> {
        Architecture::new(IntegerRange::default(), 8, EmbeddingSettings::default(), model)
    }

    #[test]
    fn the_default_is_the_design() {
        let architecture = with(ModelSettings::default()).unwrap();
        assert_eq!((architecture.classes(), architecture.head_width()), (256, 1));
        assert_eq!(architecture.embedding_width(), 2);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let heads = with(ModelSettings { d_model: 6, heads: 4, ..Default::default() });
        let message = heads.unwrap_err().to_string();
        assert!(message.ends_with("allowed here: 1, 2, 3, 6"), "{message}");
        let wide = with(ModelSettings { d_model: 8, ..Default::default() });
        assert!(wide.unwrap_err().to_string().contains("embedding.projection = true"));
    }
}

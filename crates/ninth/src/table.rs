//! Many sequences at once, as arrays have them: predictions, logits and gradients.

use ninth_kernels::argmax::argmax;
use ninth_kernels::{InstructionSet, LANES, Lanes, Pool, as_floats, as_floats_mut};
use ninth_model::output::{Output, nearest};
use ninth_model::{Batch, LayerContext, Layout, Transformer, Workspace};
use ninth_sequences::IntegerRange;
use ninth_training::engine::{Engine, EngineState};
use ninth_training::stages::Stage;
use ninth_training::trained_model::TrainedModel;
use ninth_training::{Config, CpuEngine};

use crate::engine::cores;
use crate::error::Error;
use crate::model::Model;
use crate::sample::room;

/// B sequences in rows of L integers.
#[derive(Clone, Copy, Debug)]
pub struct SequenceTable<'data> {
    /// `[B][L]`; what is behind the end of a sequence is not looked at.
    pub terms: &'data [i64],
    /// L.
    pub width: usize,
    /// The terms of each sequence, from the first of its row; `None`: all of the row.
    pub lengths: Option<&'data [i64]>,
}

impl<'data> SequenceTable<'data> {
    /// Its sequences, of one term to L each.
    fn rows(&self) -> Result<Vec<&'data [i64]>, Error> {
        let SequenceTable { terms, width, lengths } = *self;
        let refused = |message: String| Err(Error::Table(message));
        if width == 0 {
            return refused("terms has rows of 0 terms; at least one is needed".to_string());
        }
        if !terms.len().is_multiple_of(width) {
            return refused(format!("{} terms are no rows of {width}", terms.len()));
        }
        let rows = terms.chunks_exact(width);
        let Some(lengths) = lengths else { return Ok(rows.collect()) };
        if lengths.len() != rows.len() {
            let (found, rows) = (lengths.len(), rows.len());
            return refused(format!("lengths has {found} numbers; terms has {rows} rows"));
        }
        let row = |(index, (row, &length)): (usize, (&'data [i64], &i64))| {
            let length = usize::try_from(length).ok().filter(|length| (1..=width).contains(length));
            length.map(|length| &row[..length]).ok_or_else(|| {
                let found = lengths[index];
                Error::Table(format!("lengths[{index}] is {found}; allowed are 1 to {width}"))
            })
        };
        rows.zip(lengths).enumerate().map(row).collect()
    }
}

/// A tensor of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelTensor {
    /// Its name in files.
    pub name: String,
    /// The sizes of its dimensions.
    pub shape: Vec<usize>,
    /// Its numbers, the last dimension contiguous.
    pub values: Vec<f32>,
}

/// The tensors of an arena.
fn tensors_of(layout: &Layout, arena: &[Lanes]) -> Vec<ModelTensor> {
    let tensor = |tensor: &ninth_model::parameters::Tensor| ModelTensor {
        name: tensor.name.clone(),
        shape: tensor.shape.clone(),
        values: tensor.span.of(as_floats(arena)).to_vec(),
    };
    layout.tensors().iter().map(tensor).collect()
}

/// The classes of a row from term `first` on; `row` is for the message.
fn classes(
    range: IntegerRange,
    (row, terms): (usize, &[i64]),
    first: usize,
) -> Result<Vec<u16>, Error> {
    let class = |(place, &term): (usize, &i64)| {
        range.class_of(term).ok_or_else(|| {
            let (least, most) = (range.min(), range.max());
            Error::Table(format!(
                "terms[{row}, {place}] is {term}; the model knows integers from {least} to {most}"
            ))
        })
    };
    terms.iter().enumerate().skip(first).map(class).collect()
}

/// Runs a model over chunks of sequences, on several threads.
struct Forward<'model> {
    model: &'model Transformer,
    parameters: &'model [f32],
    instruction_set: InstructionSet,
    pool: Pool,
    workspaces: Vec<Workspace>,
}

impl<'model> Forward<'model> {
    fn new(trained: &'model TrainedModel, threads: Option<usize>, chunks: usize) -> Self {
        let pool = Pool::new(threads.unwrap_or_else(cores).clamp(1, chunks.max(1)));
        Forward {
            model: &trained.model,
            parameters: as_floats(&trained.parameters),
            instruction_set: InstructionSet::detect(),
            workspaces: (0..pool.threads()).map(|_| Workspace::new(&trained.model)).collect(),
            pool,
        }
    }

    fn for_each<Item: Send>(
        &mut self,
        items: &mut [Item],
        work: impl Fn(&Transformer, LayerContext<'_>, &mut Workspace, &mut Item) + Sync,
    ) {
        let Forward { model, parameters, instruction_set, pool, workspaces } = self;
        let layer_context = LayerContext { instruction_set: *instruction_set, parameters };
        pool.for_each_with(workspaces, items, |workspace, _, item| {
            work(model, layer_context, workspace, item);
        });
    }
}

impl Model {
    /// The most likely next term of each sequence, by the model alone: what
    /// [`predict`](Self::predict) gives with [`Method::Model`](crate::Method::Model). Of longer
    /// sequences the model sees the last terms. It runs on `threads` threads (`None`: one per
    /// core).
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let terms = [2, 4, 6, 8, 1, 2, 4, 8];
    /// let table = ninth::SequenceTable { terms: &terms, width: 4, lengths: None };
    /// assert_eq!(ninth::Model::built_in()?.predict_table(table, None)?, [10, 16]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the table is none, or the model does not know one of the terms.
    pub fn predict_table(
        &self,
        table: SequenceTable<'_>,
        threads: Option<usize>,
    ) -> Result<Vec<i64>, Error> {
        let trained = self.trained();
        let architecture = trained.model.architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let rows = table.rows()?;
        // Sequences of one length side by side: the head is needed at few positions of a chunk.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| rows[row].len());
        let mut batch = Batch::new(context, rows.len());
        for (place, &row) in order.iter().enumerate() {
            let unseen = rows[row].len().saturating_sub(context);
            batch.set(place, classes(range, (row, rows[row]), unseen)?);
        }
        let (output, classes) = (architecture.model().output, architecture.classes());
        let mut parts: Vec<_> = batch.chunks().iter().map(|chunk| (chunk, [0; LANES])).collect();
        let mut forward = Forward::new(trained, threads, parts.len());
        forward.for_each(&mut parts, |model, layer_context, workspace, (chunk, terms)| {
            for length in 1..=context {
                if !chunk.lengths().iter().any(|found| usize::from(*found) == length) {
                    continue;
                }
                let logits = model.logits(layer_context, chunk, length - 1, workspace);
                let chosen = match output {
                    Output::Classification => argmax(layer_context.instruction_set, logits).at,
                    Output::Regression => logits[0].0.map(|share| nearest(share, classes)),
                };
                let lanes = terms.iter_mut().zip(chunk.lengths()).zip(chosen);
                for ((term, _), class) in lanes.filter(|((_, of), _)| usize::from(**of) == length) {
                    *term = range.term_of(class);
                }
            }
        });
        let mut next = vec![0; rows.len()];
        for (&row, term) in order.iter().zip(parts.iter().flat_map(|(_, terms)| terms)) {
            next[row] = *term;
        }
        Ok(next)
    }

    /// The logits behind every term, `[B][L][V]`, on `threads` threads (`None`: one per core); of
    /// a regression the one number that it predicts, as a share of the range. Behind the end of a
    /// sequence they are zeros.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let table = ninth::SequenceTable { terms: &[2, 4, 6, 8], width: 4, lengths: None };
    /// let logits = ninth::Model::built_in()?.logits(table, None)?;
    /// let last = &logits[3 * 256..];
    /// assert!(last.iter().all(|logit| *logit <= last[10]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the table is none or too large, has more terms than the context, or the model does not
    /// know one of them.
    pub fn logits(
        &self,
        table: SequenceTable<'_>,
        threads: Option<usize>,
    ) -> Result<Vec<f32>, Error> {
        let trained = self.trained();
        let architecture = trained.model.architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let (rows, width) = (table.rows()?, table.width);
        if width > context {
            return Err(Error::Table(format!(
                "terms has rows of {width}; the model sees at most {context} terms"
            )));
        }
        let outputs = architecture.model().output.width(architecture.classes());
        let numbers = rows.len().checked_mul(width).and_then(|count| count.checked_mul(outputs));
        let too_many = || {
            let rows = rows.len();
            Error::Table(format!("memory does not hold {rows} x {width} x {outputs} logits"))
        };
        let mut all: Vec<f32> = numbers.and_then(room).ok_or_else(too_many)?;
        let mut batch = Batch::new(context, rows.len());
        for (index, row) in rows.iter().enumerate() {
            batch.set(index, classes(range, (index, row), 0)?);
        }
        let places = all.chunks_mut(LANES * width * outputs);
        let mut parts: Vec<_> = batch.chunks().iter().zip(places).collect();
        let mut forward = Forward::new(trained, threads, parts.len());
        forward.for_each(&mut parts, |model, layer_context, workspace, (chunk, output)| {
            model.each_logits(layer_context, chunk, workspace, |position, logits| {
                let rows = output.chunks_mut(width * outputs).zip(chunk.lengths()).enumerate();
                for (lane, (row, _)) in rows.filter(|(_, (_, of))| position < usize::from(**of)) {
                    let numbers = &mut row[position * outputs..][..outputs];
                    for (number, logit) in numbers.iter_mut().zip(logits) {
                        *number = logit.0[lane];
                    }
                }
            });
        });
        Ok(all)
    }

    /// The loss of a batch, as training minimises it, and its gradients, tensor by tensor.
    /// Sequences have up to T + 1 terms: each but the first is a target.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let model = ninth::Model::built_in()?;
    /// let table = ninth::SequenceTable { terms: &[2, 4, 6, 8, 10], width: 5, lengths: None };
    /// let (loss, gradients) = model.loss_and_gradients(table)?;
    /// assert!(loss > 0.0);
    /// assert_eq!(gradients.len(), model.tensors().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the table is none, has more than T + 1 terms, or the model does not know one of them.
    pub fn loss_and_gradients(
        &self,
        table: SequenceTable<'_>,
    ) -> Result<(f64, Vec<ModelTensor>), Error> {
        let trained = self.trained();
        let architecture = trained.model.architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let rows = table.rows()?;
        if table.width > context + 1 {
            return Err(Error::Table(format!(
                "terms has rows of {}; the model sees at most {context} terms and predicts one more",
                table.width
            )));
        }
        let mut batch = Batch::new(context, rows.len());
        for (index, row) in rows.iter().enumerate() {
            batch.set(index, classes(range, (index, row), 0)?);
        }
        let mut engine = CpuEngine::new(self.config(), cores())?;
        let state = engine.state()?;
        engine.restore(EngineState { parameters: trained.parameters.clone(), ..state })?;
        let (gradients, loss) = engine.gradients(&mut batch)?;
        Ok((loss, tensors_of(trained.model.layout(), &gradients)))
    }

    /// The parameters, tensor by tensor, in the order of the model.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let model = ninth::Model::built_in()?;
    /// let copy = ninth::Model::from_tensors(model.config().clone(), &model.tensors())?;
    /// assert_eq!(copy.tensors(), model.tensors());
    /// # Ok(())
    /// # }
    /// ```
    pub fn tensors(&self) -> Vec<ModelTensor> {
        let TrainedModel { model, parameters, .. } = self.trained();
        tensors_of(model.layout(), parameters)
    }

    /// A model with these parameters, in any order, as if no step of `config` had been made.
    ///
    /// # Errors
    ///
    /// If the config is not valid, or the tensors are not those of its model, in name, shape or
    /// number, or hold NaN or an infinite number.
    pub fn from_tensors(config: Config, tensors: &[ModelTensor]) -> Result<Self, Error> {
        config.check()?;
        let model = Transformer::new(config.architecture()?);
        let layout = model.layout();
        let names = || layout.tensors().iter().map(|tensor| tensor.name.as_str());
        if let Some(other) = tensors.iter().find(|tensor| !names().any(|name| name == tensor.name))
        {
            let names = names().collect::<Vec<_>>().join(", ");
            return Err(Error::Tensors(format!(
                "there is no tensor {:?}; there are {names}",
                other.name
            )));
        }
        let mut parameters = layout.zeros();
        for tensor in layout.tensors() {
            let (name, shape) = (&tensor.name, &tensor.shape);
            let mut found = tensors.iter().filter(|found| found.name == *name);
            let Some(given) = found.next() else {
                return Err(Error::Tensors(format!("the tensor {name:?} of {shape:?} is missing")));
            };
            if found.next().is_some() {
                return Err(Error::Tensors(format!("the tensor {name:?} is given twice")));
            }
            if given.shape != *shape || given.values.len() != tensor.span.len {
                let found = &given.shape;
                return Err(Error::Tensors(format!(
                    "the tensor {name:?} is {found:?}; it has to be {shape:?}"
                )));
            }
            if let Some(value) = given.values.iter().find(|value| !value.is_finite()) {
                return Err(Error::Tensors(format!("the tensor {name:?} holds {value}")));
            }
            tensor.span.of_mut(as_floats_mut(&mut parameters)).copy_from_slice(&given.values);
        }
        let stage = Stage { config, steps: 0 };
        let trained = TrainedModel { stage, earlier: Vec::new(), model, parameters };
        Ok(Model::new("tensors".to_string(), trained))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, PredictOptions, SampleOptions, SequenceSource};
    use ninth_settings::parse_assignment;
    use ninth_training::Preset;

    fn untrained(assignments: &[&str]) -> Model {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        let config = Config::resolve(Preset::Design, &assignments).unwrap();
        let model = Transformer::new(config.architecture().unwrap());
        let parameters = model.layout().initial(3);
        let stage = Stage { config, steps: 0 };
        let trained = TrainedModel { stage, earlier: Vec::new(), model, parameters };
        Model::new("untrained".to_string(), trained)
    }

    fn models() -> Vec<Model> {
        vec![
            Model::built_in().unwrap(),
            untrained(&["output=regression"]),
            // The distance of the design document jumps with the most likely term.
            untrained(&["minimum=-128", "maximum=127", "loss.kind=cross_entropy"]),
        ]
    }

    fn sampled(model: &Model) -> crate::SampledTable {
        let options = SampleOptions { config: model.config().clone(), ..Default::default() };
        SequenceSource::new(&options).unwrap().table(0, 101, None).unwrap()
    }

    #[test]
    fn many_predictions_are_those_one_by_one() {
        for model in models() {
            let table = sampled(&model);
            let lengths: Vec<_> = (0..101).map(|index| 1 + index % 9).collect();
            let (terms, width) = (&table.terms[..], table.width);
            let table = SequenceTable { terms, width, lengths: Some(&lengths) };
            let next = model.predict_table(table, Some(2)).unwrap();
            assert_eq!(next, model.predict_table(table, Some(1)).unwrap());
            let options = PredictOptions { method: Some(Method::Model), ..Default::default() };
            for ((row, &length), next) in terms.chunks(width).zip(&lengths).zip(next) {
                let report = model.predict(&row[..length as usize], &options).unwrap();
                assert_eq!(report.next, [next.into()], "{row:?}");
            }
        }
    }

    #[test]
    fn logits_are_those_that_losses_are_computed_from() {
        for model in models() {
            let table = sampled(&model);
            let terms: Vec<_> =
                table.terms.chunks(table.width).flat_map(|row| row[..8].to_vec()).collect();
            let lengths: Vec<_> = (0..101).map(|index| 1 + index % 8).collect();
            let table = SequenceTable { terms: &terms, width: 8, lengths: Some(&lengths) };
            let logits = model.logits(table, None).unwrap();
            assert_eq!(logits, model.logits(table, Some(1)).unwrap());
            let next = model.predict_table(table, None).unwrap();
            let outputs = logits.len() / 101 / 8;
            let range = model.config().range().unwrap();
            for (index, logits) in logits.chunks(8 * outputs).enumerate() {
                let length = lengths[index] as usize;
                let last = &logits[(length - 1) * outputs..][..outputs];
                let chosen = match last {
                    [share] => nearest(*share, range.classes()),
                    all => ninth_model::decoding::greedy::choose(all),
                };
                assert_eq!(range.term_of(chosen), next[index]);
                assert!(logits[length * outputs..].iter().all(|logit| *logit == 0.0));
            }
        }
    }

    /// The slope of the loss along the gradient.
    #[test]
    fn gradients_are_those_of_the_loss() {
        for model in models() {
            let sampled = sampled(&model);
            let (width, lengths) = (sampled.width, Some(&sampled.lengths[..]));
            let table = SequenceTable { terms: &sampled.terms, width, lengths };
            let (loss, gradients) = model.loss_and_gradients(table).unwrap();
            let squares: f64 = gradients
                .iter()
                .flat_map(|tensor| &tensor.values)
                .map(|&value| f64::from(value) * f64::from(value))
                .sum();
            let step = 1e-3 / squares.sqrt();
            let moved = |step: f64| {
                let mut tensors = model.tensors();
                for (tensor, gradient) in tensors.iter_mut().zip(&gradients) {
                    assert_eq!(tensor.name, gradient.name);
                    for (value, slope) in tensor.values.iter_mut().zip(&gradient.values) {
                        *value += (step * f64::from(*slope)) as f32;
                    }
                }
                let moved = Model::from_tensors(model.config().clone(), &tensors).unwrap();
                moved.loss_and_gradients(table).unwrap().0
            };
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            assert!((slope / squares - 1.0).abs() < 0.02, "{loss}: {slope} {squares}");
        }
    }

    #[test]
    fn tables_that_are_none_are_refused() {
        let model = Model::built_in().unwrap();
        let of = |terms: &[i64], width, lengths: Option<&[i64]>| {
            let table = SequenceTable { terms, width, lengths };
            model.predict_table(table, None).unwrap_err().to_string()
        };
        assert_eq!(of(&[], 0, None), "terms has rows of 0 terms; at least one is needed");
        assert_eq!(of(&[1, 2, 3], 2, None), "3 terms are no rows of 2");
        assert_eq!(of(&[1, 2], 1, Some(&[1])), "lengths has 1 numbers; terms has 2 rows");
        for length in [-1, 0, 3, i64::MAX, i64::MIN] {
            let expected = format!("lengths[1] is {length}; allowed are 1 to 2");
            assert_eq!(of(&[1, 2, 3, 4], 2, Some(&[1, length])), expected);
        }
        let expected = "terms[1, 1] is 300; the model knows integers from 0 to 255";
        assert_eq!(of(&[1, 2, 3, 300], 2, None), expected);
        assert!(
            model
                .predict_table(
                    SequenceTable { terms: &[1, 2, 3, 300], width: 2, lengths: Some(&[2, 1]) },
                    None
                )
                .is_ok()
        );
        let nothing = SequenceTable { terms: &[], width: 8, lengths: None };
        assert!(model.predict_table(nothing, None).unwrap().is_empty());
        assert!(model.logits(nothing, None).unwrap().is_empty());
        let wide = SequenceTable { terms: &[1; 10], width: 10, lengths: None };
        assert!(model.logits(wide, None).unwrap_err().to_string().contains("at most 8"));
        assert!(model.loss_and_gradients(wide).unwrap_err().to_string().contains("at most 8"));
        assert!(model.predict_table(wide, None).is_ok());
    }

    #[test]
    fn tensors_of_another_model_are_refused() {
        let model = untrained(&[]);
        let config = model.config().clone();
        let refused = |tensors: &[ModelTensor]| {
            Model::from_tensors(config.clone(), tensors).unwrap_err().to_string()
        };
        let tensors = model.tensors();
        let reversed: Vec<_> = tensors.iter().rev().cloned().collect();
        let copy = Model::from_tensors(config.clone(), &reversed).unwrap();
        assert_eq!(copy.tensors(), tensors);
        let name = &tensors[0].name;
        assert!(refused(&tensors[1..]).contains(&format!("{name:?} of")));
        let with = |change: &dyn Fn(&mut ModelTensor)| {
            let mut tensors = model.tensors();
            change(&mut tensors[0]);
            refused(&tensors)
        };
        assert!(with(&|tensor| tensor.name = "head".to_string()).contains("no tensor \"head\""));
        assert!(with(&|tensor| tensor.shape.push(1)).contains("it has to be"));
        assert!(with(&|tensor| tensor.values.truncate(3)).contains("it has to be"));
        assert!(with(&|tensor| tensor.values[0] = f32::NAN).contains("holds NaN"));
        let twice: Vec<_> = tensors.iter().chain(&tensors[..1]).cloned().collect();
        assert!(refused(&twice).contains("given twice"));
    }
}

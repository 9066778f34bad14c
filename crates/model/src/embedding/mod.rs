//! Embedding: how an integer at a position becomes a vector.
//!
//! Every kind is a pair of tables, one with a row per class and one with a row per position,
//! fixed or learned. A kind's file computes their initial rows. Gathering rows, projecting
//! them to the width of the model, and the backward pass are the same for all kinds.

pub mod binary;
pub mod frequency;
pub mod learned;
pub mod number_theoretic;
pub mod pair;

use std::fmt;

use ninth_kernels::{LANES, Lanes};
use ninth_sequences::IntegerRange;
use ninth_settings::{Setting, Value};

use crate::linear::Linear;
use crate::parameters::{Initial, Layout, Role, Span};
use crate::{Gradients, LayerContext};

ninth_settings::settings! {
    /// How integers and positions become vectors.
    pub struct EmbeddingSettings: "embedding" {
        /// what a vector is made of; several kinds joined by + are concatenated
        pub kind: EmbeddingKinds = EmbeddingKinds(vec![EmbeddingKind::Pair]);
        /// a learned linear map from the embedding's width to d_model
        pub projection: bool = false;
        /// whether tables that start with given values are trained; unused by learned, whose tables always are
        pub table: TableTraining = TableTraining::Fixed;
    }
}

ninth_settings::options! {
    /// A kind of embedding.
    pub enum EmbeddingKind {
        /// the integer and the position, each divided by its maximum
        Pair = "pair",
        /// a learned vector per integer plus one per position
        Learned = "learned",
        /// sine and cosine of the integer and the position at several wavelengths
        Frequency = "frequency",
        /// residues modulo 2 to 101 as points on a circle, and the logarithmic size
        NumberTheoretic = "number_theoretic",
        /// the bits of the integer, counted from the smallest
        Binary = "binary",
    }
}

ninth_settings::options! {
    /// What becomes of a table that starts with given values.
    pub enum TableTraining {
        /// it stays as it is
        Fixed = "fixed",
        /// it is trained from there
        Learned = "learned",
    }
}

/// One kind or several, whose features are concatenated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingKinds(pub Vec<EmbeddingKind>);

impl fmt::Display for EmbeddingKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|kind| kind.name()).collect();
        f.write_str(&names.join("+"))
    }
}

impl Setting for EmbeddingKinds {
    fn read(value: &Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        let kinds: Option<Vec<EmbeddingKind>> = text
            .split('+')
            .map(|name| EmbeddingKind::ALL.iter().copied().find(|kind| kind.name() == name.trim()))
            .collect();
        let kinds = kinds?;
        let repeated = kinds.iter().enumerate().any(|(i, kind)| kinds[..i].contains(kind));
        (!repeated).then_some(EmbeddingKinds(kinds))
    }

    fn write(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn allowed() -> String {
        format!("{}, or several joined by +, each once", EmbeddingKind::allowed())
    }

    fn choices() -> Vec<&'static str> {
        EmbeddingKind::choices()
    }
}

impl EmbeddingKinds {
    /// The width of the concatenation.
    pub fn width(&self, classes: usize, context: usize, d_model: usize) -> usize {
        self.0
            .iter()
            .map(|kind| match kind {
                EmbeddingKind::Pair => pair::WIDTH,
                EmbeddingKind::Learned => d_model,
                EmbeddingKind::Frequency => frequency::width(classes, context),
                EmbeddingKind::NumberTheoretic => number_theoretic::width(context),
                EmbeddingKind::Binary => binary::width(classes),
            })
            .sum()
    }
}

/// The initial rows of a table: given, or random and learned.
pub(crate) enum InitialRows {
    /// Given values, row by row.
    Given(Vec<f32>),
    /// Learned, from uniform numbers up to this limit.
    Random(f32),
}

/// How the row of the value and that of the position are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// They are concatenated.
    Concatenate,
    /// They are added.
    Sum,
}

/// The tables of one kind.
pub(crate) struct Tables {
    /// The prefix of the names of its tensors.
    pub(crate) name: &'static str,
    /// Width of a row of the value table.
    pub(crate) value_width: usize,
    /// Width of a row of the position table.
    pub(crate) position_width: usize,
    pub(crate) value: InitialRows,
    pub(crate) position: InitialRows,
    pub(crate) join: Join,
}

/// A table of embeddings.
#[derive(Clone, Debug)]
pub struct EmbeddingTable {
    /// Width of a row.
    pub width: usize,
    /// Its rows.
    pub rows: TableRows,
}

/// The rows of a table, or where they are.
#[derive(Clone, Debug)]
pub enum TableRows {
    /// The rows themselves, one after the other.
    Fixed(Vec<f32>),
    /// Among the parameters.
    Learned(Span),
}

impl EmbeddingTable {
    fn row<'a>(&'a self, parameters: &'a [f32], index: usize) -> &'a [f32] {
        let rows = match &self.rows {
            TableRows::Fixed(rows) => rows,
            TableRows::Learned(span) => span.of(parameters),
        };
        &rows[index * self.width..][..self.width]
    }
}

/// The tables of one kind, and where their features are in a column of E features.
#[derive(Clone, Debug)]
pub struct EmbeddingPart {
    /// A row per class.
    pub value: EmbeddingTable,
    /// A row per position.
    pub position: EmbeddingTable,
    /// The first of the value's features.
    pub value_at: usize,
    /// The first of the position's features: after the value's, or the same if the two are
    /// added.
    pub position_at: usize,
}

/// The embedding.
#[derive(Clone, Debug)]
pub struct Embedding {
    parts: Vec<EmbeddingPart>,
    /// E
    width: usize,
    /// E to C; without it, E = C.
    projection: Option<Linear>,
}

impl Embedding {
    /// Adds its learned tables and its projection to a layout, for the integers of a range at
    /// `context` positions. Without a projection, `d_model` must be its width.
    pub fn new(
        layout: &mut Layout,
        settings: &EmbeddingSettings,
        range: IntegerRange,
        context: usize,
        d_model: usize,
    ) -> Self {
        let classes = range.classes();
        let mut parts = Vec::new();
        let mut width = 0;
        for kind in &settings.kind.0 {
            let tables = match kind {
                EmbeddingKind::Pair => pair::tables(classes, context),
                EmbeddingKind::Learned => learned::tables(d_model),
                EmbeddingKind::Frequency => frequency::tables(classes, context),
                EmbeddingKind::NumberTheoretic => number_theoretic::tables(range, context),
                EmbeddingKind::Binary => binary::tables(classes),
            };
            let mut place = |part: &str, rows: InitialRows, count: usize, width: usize| {
                let initial = match rows {
                    InitialRows::Given(rows) if settings.table == TableTraining::Fixed => {
                        return EmbeddingTable { width, rows: TableRows::Fixed(rows) };
                    }
                    InitialRows::Given(rows) => Initial::Values(rows),
                    InitialRows::Random(limit) => Initial::Uniform(limit),
                };
                let name = format!("embedding.{}.{part}", tables.name);
                let span = layout.add(name, &[count, width], Role::Table, initial);
                EmbeddingTable { width, rows: TableRows::Learned(span) }
            };
            let value = place("value", tables.value, classes, tables.value_width);
            let position = place("position", tables.position, context, tables.position_width);
            let (value_at, position_at) = match tables.join {
                Join::Concatenate => (width, width + value.width),
                Join::Sum => (width, width),
            };
            width = position_at + position.width;
            parts.push(EmbeddingPart { value, position, value_at, position_at });
        }
        let projection = settings.projection.then(|| {
            let (name, role) = ("embedding.projection", Role::OuterWeight);
            Linear::new(layout, name, role, [width, d_model], 1.0)
        });
        Embedding { parts, width, projection }
    }

    /// Bytes on the heap: mostly the fixed tables.
    pub fn heap_bytes(&self) -> u64 {
        let of_table = |table: &EmbeddingTable| match &table.rows {
            TableRows::Fixed(rows) => rows.capacity() * size_of::<f32>(),
            TableRows::Learned(_) => 0,
        };
        let tables = self.parts.iter().map(|part| of_table(&part.value) + of_table(&part.position));
        (self.parts.capacity() * size_of::<EmbeddingPart>() + tables.sum::<usize>()) as u64
    }

    /// The tables of its kinds, which are concatenated.
    pub fn parts(&self) -> &[EmbeddingPart] {
        &self.parts
    }

    /// E: the width before the projection.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The linear layer to the width of the model, if there is one.
    pub fn projection(&self) -> Option<&Linear> {
        self.projection.as_ref()
    }

    /// Embeds `tokens`, `[T][16]`, as x, `[T][C]`. `features`, `[T][E]`, are saved for the
    /// backward pass; they are empty without a projection.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        tokens: &[[u16; LANES]],
        features: &mut [Lanes],
        x: &mut [Lanes],
    ) {
        match &self.projection {
            None => self.gather(layer_context.parameters, tokens, x),
            Some(projection) => {
                self.gather(layer_context.parameters, tokens, features);
                projection.forward(layer_context, features, x);
            }
        }
    }

    /// Adds up the gradients of tables and projection, given dx, that of x, `[T][C]`.
    /// `dfeatures`, `[T][E]`, is scratch memory.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        tokens: &[[u16; LANES]],
        features: &[Lanes],
        dfeatures: &mut [Lanes],
        dx: &[Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        let Some(projection) = &self.projection else {
            return self.scatter(tokens, dx, gradients);
        };
        projection.backward_weights(layer_context, features, dx, gradients);
        if self.learns() {
            projection.backward_input(layer_context, dx, dfeatures);
            self.scatter(tokens, dfeatures, gradients);
        }
    }

    /// The features of one token of a single sequence, `[E]`.
    pub fn forward_vector(
        &self,
        parameters: &[f32],
        token: u16,
        position: usize,
        features: &mut [f32],
    ) {
        for part in &self.parts {
            let value = part.value.row(parameters, usize::from(token));
            features[part.value_at..][..value.len()].copy_from_slice(value);
            let row = part.position.row(parameters, position);
            let features = &mut features[part.position_at..][..row.len()];
            if part.position_at == part.value_at {
                features.iter_mut().zip(row).for_each(|(feature, row)| *feature += row);
            } else {
                features.copy_from_slice(row);
            }
        }
    }

    /// For each of the first `classes` classes what x is made of at any position, without what
    /// the position adds to it: `[classes][C]`.
    pub fn value_vectors(&self, parameters: &[f32], classes: usize) -> Vec<Vec<f32>> {
        let vector = |class: usize| {
            let mut features = vec![0.0; self.width];
            for part in &self.parts {
                let row = part.value.row(parameters, class);
                features[part.value_at..][..row.len()].copy_from_slice(row);
            }
            let Some(Linear { weight, bias, .. }) = &self.projection else { return features };
            let rows = weight.of(parameters).chunks_exact(self.width);
            let product = |row: &[f32]| row.iter().zip(&features).map(|(w, x)| w * x).sum::<f32>();
            rows.zip(bias.of(parameters)).map(|(row, bias)| product(row) + bias).collect()
        };
        (0..classes).map(vector).collect()
    }

    /// Whether any table is trained.
    pub fn learns(&self) -> bool {
        let tables = self.parts.iter().flat_map(|part| [&part.value, &part.position]);
        tables.into_iter().any(|table| matches!(table.rows, TableRows::Learned(_)))
    }

    /// Copies rows of the tables to columns of lanes, `[T][E]`.
    fn gather(&self, parameters: &[f32], tokens: &[[u16; LANES]], columns: &mut [Lanes]) {
        let columns = columns.chunks_exact_mut(self.width);
        for (position, (tokens, column)) in tokens.iter().zip(columns).enumerate() {
            for part in &self.parts {
                let features = &mut column[part.value_at..][..part.value.width];
                for (lane, &token) in tokens.iter().enumerate() {
                    let row = part.value.row(parameters, usize::from(token));
                    for (feature, &value) in features.iter_mut().zip(row) {
                        feature.0[lane] = value;
                    }
                }
                let row = part.position.row(parameters, position);
                let features = &mut column[part.position_at..][..row.len()];
                for (feature, &value) in features.iter_mut().zip(row) {
                    if part.position_at == part.value_at {
                        feature.0.iter_mut().for_each(|lane| *lane += value);
                    } else {
                        *feature = Lanes::splat(value);
                    }
                }
            }
        }
    }

    /// The transpose of `gather`: adds columns, `[T][E]`, to the gradients of their rows.
    fn scatter(&self, tokens: &[[u16; LANES]], columns: &[Lanes], gradients: &mut Gradients<'_>) {
        if !self.learns() {
            return;
        }
        for part in &self.parts {
            for rows in [&part.value.rows, &part.position.rows] {
                if let TableRows::Learned(span) = rows {
                    // Clears them if this pass overwrites.
                    gradients.of(*span);
                }
            }
        }
        let gradients = &mut *gradients.accumulator.arena;
        let columns = columns.chunks_exact(self.width);
        for (position, (tokens, column)) in tokens.iter().zip(columns).enumerate() {
            for part in &self.parts {
                if let TableRows::Learned(span) = part.value.rows {
                    let width = part.value.width;
                    let features = &column[part.value_at..][..width];
                    for (lane, &token) in tokens.iter().enumerate() {
                        let row =
                            &mut span.of_mut(gradients)[usize::from(token) * width..][..width];
                        for (row, feature) in row.iter_mut().zip(features) {
                            *row += feature.0[lane];
                        }
                    }
                }
                if let TableRows::Learned(span) = part.position.rows {
                    let width = part.position.width;
                    let row = &mut span.of_mut(gradients)[position * width..][..width];
                    for (row, feature) in row.iter_mut().zip(&column[part.position_at..]) {
                        *row += feature.0.iter().sum::<f32>();
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Accumulator;

    #[test]
    fn kinds_are_read_and_written() {
        let read = |text: &str| EmbeddingKinds::read(&Value::Text(text.into()));
        let both = EmbeddingKinds(vec![EmbeddingKind::Learned, EmbeddingKind::Frequency]);
        assert_eq!(read("learned+frequency"), Some(both.clone()));
        assert_eq!(read(" learned + frequency "), Some(both.clone()));
        assert_eq!(both.to_string(), "learned+frequency");
        assert_eq!(read("learned+learned"), None);
        assert_eq!(read("learned+"), None);
        assert_eq!(read(""), None);
    }

    /// What the position adds is the same for all integers.
    #[test]
    fn differences_of_value_vectors_are_those_of_what_the_first_layer_sees() {
        use ninth_kernels::{InstructionSet, as_floats};

        let range = IntegerRange::new(-5, 30).unwrap();
        let all = EmbeddingKind::ALL.to_vec();
        let alone = EmbeddingKind::ALL.iter().map(|&kind| (vec![kind], None));
        for (kinds, projected) in alone.chain([(all, Some(6))]) {
            let kind = EmbeddingKinds(kinds);
            let width = projected.unwrap_or_else(|| kind.width(range.classes(), 4, 7));
            let settings =
                EmbeddingSettings { kind, projection: projected.is_some(), ..Default::default() };
            let mut layout = Layout::default();
            let embedding = Embedding::new(&mut layout, &settings, range, 4, width);
            let parameters = layout.initial(3);
            let layer_context = LayerContext {
                instruction_set: InstructionSet::detect(),
                parameters: as_floats(&parameters),
            };
            let vectors = embedding.value_vectors(as_floats(&parameters), range.classes());
            assert_eq!((vectors.len(), vectors[0].len()), (36, width));
            let tokens = [std::array::from_fn(|lane| 2 * lane as u16); 4];
            let mut features = vec![Lanes::ZERO; 4 * embedding.width()];
            let mut x = vec![Lanes::ZERO; 4 * width];
            embedding.forward(layer_context, &tokens, &mut features, &mut x);
            for (at, x) in x.iter().enumerate() {
                for lane in 1..LANES {
                    let got = vectors[2 * lane][at % width] - vectors[0][at % width];
                    assert!((got - (x.0[lane] - x.0[0])).abs() < 1e-5, "{}", settings.kind);
                }
            }
        }
    }

    /// The features are linear in the tables, so the backward pass is the transpose
    /// of the forward pass: for all tables w and all y, (F w) y = w (F^T y).
    #[test]
    fn the_backward_pass_is_the_transpose_of_the_forward_pass() {
        use ninth_kernels::{InstructionSet, as_floats, as_floats_mut};
        use ninth_sequences::Rng;

        let settings = EmbeddingSettings {
            kind: EmbeddingKinds(EmbeddingKind::ALL.to_vec()),
            projection: true,
            table: TableTraining::Learned,
        };
        let range = IntegerRange::new(-5, 30).unwrap();
        let mut layout = Layout::default();
        let embedding = Embedding::new(&mut layout, &settings, range, 4, 6);
        assert_eq!(embedding.width(), settings.kind.width(range.classes(), 4, 6));
        assert_eq!(layout.tensors().len(), 2 * EmbeddingKind::ALL.len() + 2);

        let tokens: Vec<[u16; LANES]> =
            (0..4).map(|t| std::array::from_fn(|lane| ((7 * t + 3 * lane) % 36) as u16)).collect();
        let mut rng = Rng::new(1);
        let mut random = |len: usize| {
            let mut lanes = vec![Lanes::ZERO; len];
            as_floats_mut(&mut lanes).fill_with(|| rng.uniform_f32(1.0));
            lanes
        };
        let parameters = random(layout.lanes());
        let (dx, mut features) = (random(4 * 6), random(4 * embedding.width()));
        let mut x = random(4 * 6);
        let layer_context = LayerContext {
            instruction_set: InstructionSet::detect(),
            parameters: as_floats(&parameters),
        };
        embedding.forward(layer_context, &tokens, &mut features, &mut x);

        let mut dfeatures = features.clone();
        let (mut arena, mut scratch) = (layout.zeros(), random(10_000));
        let gradients = &mut Gradients {
            accumulator: Accumulator { arena: as_floats_mut(&mut arena), from_zero: false },
            scratch: &mut scratch,
        };
        embedding.backward(layer_context, &tokens, &features, &mut dfeatures, &dx, gradients);

        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let projection = embedding.projection().unwrap();
        let tables: f64 = layout
            .tensors()
            .iter()
            .filter(|tensor| tensor.role == Role::Table)
            .map(|t| dot(t.span.of(as_floats(&parameters)), t.span.of(as_floats(&arena))))
            .sum();
        // x y without the projection's bias, whose gradient is the sum of y.
        let bias = projection.bias;
        let constant = dot(bias.of(as_floats(&parameters)), bias.of(as_floats(&arena)));
        let forward = dot(as_floats(&x), as_floats(&dx)) - constant;
        assert!((tables / forward - 1.0).abs() < 1e-5, "{tables} is not {forward}");
    }
}

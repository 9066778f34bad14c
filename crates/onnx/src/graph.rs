//! A graph as it is written down: nodes, constants and their names.

use crate::messages::{
    AttributeProto, AttributeType, DimensionProto, ElementType, GraphProto, NodeProto, ShapeProto,
    TensorProto, TensorTypeProto, TypeProto, ValueProto,
};

/// A value of a graph: an input, a constant, or what a node computes. It is known by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value(String);

/// The size of a dimension.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// Always the same.
    Fixed(usize),
    /// Any; dimensions with the same name have the same size.
    Any(&'static str),
}

/// Grows from the inputs to the outputs.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    message: GraphProto,
}

/// An attribute that is a number.
pub(crate) fn int(name: &str, value: i64) -> AttributeProto {
    let (i, r#type) = (Some(value), Some(AttributeType::Int as i32));
    AttributeProto { name: name.to_string(), i, r#type, ..Default::default() }
}

/// An attribute that is several numbers.
pub(crate) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    let (ints, r#type) = (values.to_vec(), Some(AttributeType::Ints as i32));
    AttributeProto { name: name.to_string(), ints, r#type, ..Default::default() }
}

/// An attribute that is a fraction.
pub(crate) fn float(name: &str, value: f32) -> AttributeProto {
    let (f, r#type) = (Some(value), Some(AttributeType::Float as i32));
    AttributeProto { name: name.to_string(), f, r#type, ..Default::default() }
}

impl Graph {
    /// Declares an input.
    pub(crate) fn input(
        &mut self,
        name: &str,
        of: ElementType,
        sizes: &[Size],
        doc: &str,
    ) -> Value {
        self.message.input.push(declared(name, of, sizes, doc));
        Value(name.to_string())
    }

    /// Declares that a value is an output; its name is that of the output.
    pub(crate) fn output(&mut self, value: &Value, sizes: &[Size], doc: &str) {
        self.message.output.push(declared(&value.0, ElementType::Float, sizes, doc));
    }

    /// What an operator makes of some values. The node has the name of what it computes.
    pub(crate) fn node(
        &mut self,
        name: impl Into<String>,
        operator: &str,
        inputs: &[&Value],
        attributes: impl Into<Vec<AttributeProto>>,
    ) -> Value {
        let name = name.into();
        let [value] = self.nodes(name.clone(), operator, inputs, attributes, [name]);
        value
    }

    /// [`node`](Self::node) with several results.
    pub(crate) fn nodes<const N: usize>(
        &mut self,
        name: String,
        operator: &str,
        inputs: &[&Value],
        attributes: impl Into<Vec<AttributeProto>>,
        outputs: [String; N],
    ) -> [Value; N] {
        self.message.node.push(NodeProto {
            input: inputs.iter().map(|value| value.0.clone()).collect(),
            output: outputs.to_vec(),
            name,
            op_type: operator.to_string(),
            attribute: attributes.into(),
            ..Default::default()
        });
        outputs.map(Value)
    }

    /// Says what the last node is for.
    pub(crate) fn explain(&mut self, doc: &str) {
        if let Some(node) = self.message.node.last_mut() {
            node.doc_string = doc.to_string();
        }
    }

    /// A constant of fractions; no sizes at all are those of a single number.
    pub(crate) fn floats(
        &mut self,
        name: impl Into<String>,
        sizes: &[usize],
        values: impl IntoIterator<Item = f32>,
        doc: &str,
    ) -> Value {
        let bytes = values.into_iter().flat_map(f32::to_le_bytes).collect();
        self.constant(name.into(), ElementType::Float, sizes, bytes, doc)
    }

    /// A constant of whole numbers.
    pub(crate) fn integers(
        &mut self,
        name: impl Into<String>,
        sizes: &[usize],
        values: &[i64],
        doc: &str,
    ) -> Value {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name.into(), ElementType::Int64, sizes, bytes, doc)
    }

    fn constant(
        &mut self,
        name: String,
        of: ElementType,
        sizes: &[usize],
        raw_data: Vec<u8>,
        doc: &str,
    ) -> Value {
        self.message.initializer.push(TensorProto {
            dims: sizes.iter().map(|size| *size as i64).collect(),
            data_type: Some(of as i32),
            name: name.clone(),
            raw_data,
            doc_string: doc.to_string(),
        });
        Value(name)
    }

    /// The finished graph.
    pub(crate) fn finish(mut self, name: &str, doc: &str) -> GraphProto {
        (self.message.name, self.message.doc_string) = (name.to_string(), doc.to_string());
        self.message
    }
}

fn declared(name: &str, of: ElementType, sizes: &[Size], doc: &str) -> ValueProto {
    let dimension = |size: &Size| match size {
        Size::Fixed(size) => DimensionProto { dim_value: Some(*size as i64), dim_param: None },
        Size::Any(name) => DimensionProto { dim_value: None, dim_param: Some(name.to_string()) },
    };
    let shape = ShapeProto { dim: sizes.iter().map(dimension).collect() };
    let tensor_type = TensorTypeProto { elem_type: Some(of as i32), shape: Some(shape) };
    let r#type = TypeProto { tensor_type: Some(tensor_type) };
    ValueProto { name: name.to_string(), r#type: Some(r#type), doc_string: doc.to_string() }
}

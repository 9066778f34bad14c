//! Arguments of the command that writes models for other programs.

use std::path::PathBuf;

use clap::Args;

use super::answers::ModelArguments;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth export --onnx model.onnx
  ninth export --onnx strong.onnx --model runs/strong-1
  ninth export --onnx - > model.onnx

The file is the transformer alone, without the rules. It is for onnxruntime and
others that take opset 17:
  input   terms   int64    (batch, length): integers of the model's range, at
                           most as many as its context; others are an error
  output  logits  float32  (batch, length, classes): [b, i, k] is the logit of
                           minimum + k as the term behind the terms 0 to i
      or  share   float32  (batch, length), of a regression: the term is
                           minimum + (classes - 1) share, rounded

Its metadata have minimum, maximum, classes, context, output, config, version
and a description.")]
pub struct ExportArguments {
    /// Write an ONNX file; -: to standard output
    #[arg(long, value_name = "FILE")]
    pub onnx: PathBuf,
    #[command(flatten)]
    pub model: ModelArguments,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

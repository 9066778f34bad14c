//! What cannot be written.

/// Why a model has no ONNX file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Protocol buffers end at 2 GiB.
    #[error(
        "the model would take {bytes} bytes as an ONNX file, where one has at most \
         2147483647: make model.layers, model.d_model, model.feed_forward, or the range of \
         sequences.minimum and sequences.maximum smaller"
    )]
    TooLarge {
        /// The bytes of its numbers, or of the whole file.
        bytes: u64,
    },
}

/// Checks that a file may have so many bytes.
pub(crate) fn check_size(bytes: u64) -> Result<(), Error> {
    if bytes > i32::MAX as u64 { Err(Error::TooLarge { bytes }) } else { Ok(()) }
}

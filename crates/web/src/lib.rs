//! The library face as a WebAssembly module: one worker of a page holds a [`PageEngine`], and sends
//! it requests in JSON.
//!
//! | file | what it holds |
//! |---|---|
//! | [`engine`] | the engine: models, one training, and what each request does |
//! | [`request`] | the requests |
//! | [`response`] | what they answer, beside the types of the library |
//! | `interface` | the functions that JavaScript calls (WebAssembly alone) |
//!
//! ```
//! let mut engine = ninth_web::PageEngine::new(|| 0.0);
//! let request = r#"{ "do": "config", "config": { "preset": "design" } }"#;
//! let answer = engine.call(request, &[]).unwrap();
//! assert!(answer.json.contains(r#""parameters":1140,"steps":100000"#));
//! ```

// Only the interface, which is for WebAssembly alone, needs to hand over memory.
#![cfg_attr(not(target_family = "wasm"), forbid(unsafe_code))]

pub mod engine;
#[cfg(target_family = "wasm")]
mod interface;
pub mod request;
pub mod response;
mod training;

pub use engine::PageEngine;
pub use request::PageRequest;
pub use response::Response;

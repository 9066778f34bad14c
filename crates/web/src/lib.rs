//! The library face as a WebAssembly module: one worker of a page holds an [`Engine`], and sends
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
//! let mut engine = ninth_web::Engine::new(|| 0.0);
//! let request = r#"{ "do": "explain", "text": "1, 4, 9, 16, 25", "top": 1 }"#;
//! let answer = engine.call(request, &[]).unwrap();
//! assert!(answer.json.contains(r#""formula":"a(n) = n^2, n >= 1""#));
//! ```

pub mod engine;
#[cfg(target_family = "wasm")]
mod interface;
pub mod request;
pub mod response;
mod training;

pub use engine::Engine;
pub use request::Request;
pub use response::Response;

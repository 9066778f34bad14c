//! The functions that JavaScript calls. Memory is handed over as a pointer and a length:
//! JavaScript asks for room with `ninth_allocate`, writes a request and a blob there, calls
//! `ninth_call`, and reads the answer where the four words say that it is, before the next call.

use std::cell::RefCell;
use std::panic;

use crate::{PageEngine, Response};

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Seconds since any fixed moment.
    fn now() -> f64;
    /// Says what a panic said, before the module traps.
    fn panicked(text: *const u8, length: usize);
}

fn clock() -> f64 {
    // SAFETY: the function takes nothing and gives a number.
    unsafe { now() }
}

struct State {
    engine: PageEngine,
    answer: Response,
    /// Whether the request was carried out, then pointers and lengths of the answer's parts.
    words: [usize; 5],
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        engine: PageEngine::new(clock),
        answer: Response::default(),
        words: [0; 5],
    });
}

/// Room for `length` bytes, which the next [`ninth_call`] takes back.
#[unsafe(no_mangle)]
pub extern "C" fn ninth_allocate(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// Carries out a request. The two parts are rooms from [`ninth_allocate`] of the same lengths. The
/// result points to five words: 1 if it was carried out and 0 if it was refused, pointer and
/// length of the JSON (or of the reason), pointer and length of the blob.
///
/// # Safety
///
/// Each pointer is from [`ninth_allocate`] with the length beside it, and is handed over once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ninth_call(
    request: *mut u8,
    request_length: usize,
    blob: *mut u8,
    blob_length: usize,
) -> *const usize {
    let taken = |pointer: *mut u8, length: usize| {
        // SAFETY: the caller hands over a box of a slice of this length.
        unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, length)) }
    };
    let (request, blob) = (taken(request, request_length), taken(blob, blob_length));
    let request = String::from_utf8_lossy(&request);
    STATE.with_borrow_mut(|state| {
        let (done, answer) = match state.engine.call(&request, &blob) {
            Ok(answer) => (1, answer),
            Err(refused) => (0, Response { json: refused.to_string(), blob: Vec::new() }),
        };
        let (json, blob) = (&answer.json, &answer.blob);
        state.words =
            [done, json.as_ptr() as usize, json.len(), blob.as_ptr() as usize, blob.len()];
        state.answer = answer;
        state.words.as_ptr()
    })
}

/// Called once, before anything else.
#[unsafe(no_mangle)]
pub extern "C" fn ninth_begin() {
    panic::set_hook(Box::new(|information| {
        let text = information.to_string();
        // SAFETY: the text lives as long as the call.
        unsafe { panicked(text.as_ptr(), text.len()) }
    }));
}

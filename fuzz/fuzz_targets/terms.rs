//! libFuzzer runs [`ninth_fuzz::terms`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::terms(bytes);
});

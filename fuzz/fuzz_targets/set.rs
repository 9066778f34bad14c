//! libFuzzer runs [`ninth_fuzz::set`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::set(bytes);
});

//! libFuzzer runs [`ninth_fuzz::index`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::index(bytes);
});

//! libFuzzer runs [`ninth_fuzz::csv`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::csv(bytes);
});

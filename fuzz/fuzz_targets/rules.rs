//! libFuzzer runs [`ninth_fuzz::rules`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::rules(bytes);
});

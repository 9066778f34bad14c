//! libFuzzer runs [`ninth_fuzz::weights`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::weights(bytes);
});

//! libFuzzer runs [`ninth_fuzz::config`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::config(bytes);
});

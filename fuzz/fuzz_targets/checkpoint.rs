//! libFuzzer runs [`ninth_fuzz::checkpoint`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::checkpoint(bytes);
});

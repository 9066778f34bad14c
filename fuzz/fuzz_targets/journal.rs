//! libFuzzer runs [`ninth_fuzz::journal`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ninth_fuzz::journal(bytes);
});

//! The files of the page. They are compressed, and in the binary.
//!
//! A file is added by its name in [`assets`], beside `page/NAME.gz` in the folder of this crate,
//! where the build of the page puts it; its kind follows from the end of its name. The weights are
//! in the binary anyway, so they are no file there.

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Write};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use super::reply::{Reply, ReplyBody, reply};
use crate::model::Model;

macro_rules! assets {
    ($($name:literal),+ $(,)?) => {
        /// The files of the page; the first one is the page itself.
        pub static ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            content: Content::Packed(include_bytes!(concat!("../../page/", $name, ".gz"))),
        },)+ Asset { name: WEIGHTS, content: Content::Weights }];
    };
}

/// The built-in model in half precision, which the page loads with its first question.
const WEIGHTS: &str = "weights.safetensors";

assets! {
    "index.html",
    "app.js",
    "worker.js",
    "style.css",
    "icon.svg",
    "engine.wasm",
    "engine-relaxed.wasm",
    "answers.wasm",
}

/// By this the page knows whether there is a server with an API behind it.
const WITHOUT_SERVER: &str = "data-server=\"\"";
const WITH_SERVER: &str = "data-server=\"1\"";

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its name.
    pub name: &'static str,
    content: Content,
}

/// What a file is made of.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// These bytes, which are compressed.
    Packed(&'static [u8]),
    /// The built-in model.
    Weights,
}

impl Asset {
    /// Its bytes.
    ///
    /// # Errors
    ///
    /// If they were damaged when the crate was built.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        match self.content {
            Content::Packed(packed) => unpacked(packed),
            Content::Weights => {
                let weights = Model::shared().and_then(Model::to_half_precision_bytes);
                weights.map_err(io::Error::other)
            }
        }
    }
}

fn pack(bytes: &[u8]) -> io::Result<Bytes> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    Ok(packer.finish()?.into())
}

fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The type of a file, by its name.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// A file as it is served.
#[derive(Debug)]
pub struct ServedAsset {
    asset: Asset,
    /// Made when the first client asks for it.
    packed: OnceLock<Packed>,
    /// The same.
    plain: OnceLock<Bytes>,
}

#[derive(Clone, Debug)]
struct Packed {
    bytes: Bytes,
    /// A checksum.
    tag: String,
}

impl ServedAsset {
    /// All files.
    pub fn all() -> Vec<Self> {
        let served = |asset: &Asset| ServedAsset {
            asset: *asset,
            packed: OnceLock::new(),
            plain: OnceLock::new(),
        };
        ASSETS.iter().map(served).collect()
    }

    fn packed(&self) -> io::Result<&Packed> {
        if let Some(packed) = self.packed.get() {
            return Ok(packed);
        }
        let bytes: Bytes = match self.asset.content {
            Content::Packed(bytes) if self.asset.name != ASSETS[0].name => {
                Bytes::from_static(bytes)
            }
            Content::Packed(_) => {
                let page = String::from_utf8_lossy(&self.asset.bytes()?).into_owned();
                pack(page.replacen(WITHOUT_SERVER, WITH_SERVER, 1).as_bytes())?
            }
            Content::Weights => pack(&self.asset.bytes()?)?,
        };
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let tag = format!("{:016x}", hasher.finish());
        Ok(self.packed.get_or_init(|| Packed { bytes, tag }))
    }

    /// Whether a path leads to it; `/` leads to the page.
    pub fn is_at(&self, path: &str) -> bool {
        let name = path.strip_prefix('/');
        name == Some(self.asset.name) || (path == "/" && self.asset.name == ASSETS[0].name)
    }

    /// The answer with the file, or without it where the client has it.
    ///
    /// # Errors
    ///
    /// If it was damaged when the crate was built.
    pub fn reply(&self, headers: &HeaderMap) -> io::Result<Reply> {
        let packed = accepts_gzip(headers);
        let Packed { bytes, tag } = self.packed()?;
        let tag = match packed {
            true => format!("\"{tag}-gzip\""),
            false => format!("\"{tag}\""),
        };
        let mut reply = match has(headers, &tag) {
            true => {
                let mut reply = Response::new(ReplyBody::Whole(Bytes::new()));
                *reply.status_mut() = StatusCode::NOT_MODIFIED;
                reply
            }
            false => {
                let bytes = if packed { bytes.clone() } else { self.plain()? };
                let mut reply = reply(content_type(self.asset.name), ReplyBody::Whole(bytes));
                if packed {
                    let gzip = HeaderValue::from_static("gzip");
                    reply.headers_mut().insert(header::CONTENT_ENCODING, gzip);
                }
                reply
            }
        };
        let headers = reply.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        Ok(reply)
    }

    fn plain(&self) -> io::Result<Bytes> {
        if let Some(plain) = self.plain.get() {
            return Ok(plain.clone());
        }
        let plain = Bytes::from(unpacked(&self.packed()?.bytes)?);
        Ok(self.plain.get_or_init(|| plain).clone())
    }
}

/// The parts of a header that is a list, without the white space around them.
fn parts(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',').map(str::trim))
}

/// Whether a client takes gzip: by its name, or as any encoding, and not with the weight zero.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let weight = |name: &str| {
        parts(headers, header::ACCEPT_ENCODING).find_map(|part| {
            let (found, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
            found.trim().eq_ignore_ascii_case(name).then_some(weight)
        })
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight: f64| weight > 0.0)
}

/// Whether a client has the file with this tag.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    parts(headers, header::IF_NONE_MATCH)
        .any(|part| part == "*" || part.strip_prefix("W/").unwrap_or(part) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_page_says_once_that_it_may_have_a_server() {
        assert_eq!(ASSETS[0].name, "index.html");
        let page = String::from_utf8(ASSETS[0].bytes().unwrap()).unwrap();
        let html = page.find("<html").unwrap();
        let head = &page[html..html + page[html..].find('>').unwrap()];
        assert!(head.contains(WITHOUT_SERVER), "{head}");
        assert_eq!(page.matches(WITHOUT_SERVER).count(), 1);
        let served = ServedAsset::all();
        let served = String::from_utf8(served[0].plain().unwrap().to_vec()).unwrap();
        assert_eq!(served, page.replace(WITHOUT_SERVER, WITH_SERVER));
    }

    #[test]
    fn all_files_can_be_unpacked_and_have_a_type() {
        let served = ServedAsset::all();
        assert_eq!(served.len(), ASSETS.len());
        for (asset, served) in ASSETS.iter().zip(&served) {
            assert!(!asset.bytes().unwrap().is_empty(), "{}", asset.name);
            assert!(served.is_at(&format!("/{}", asset.name)));
            assert!(!served.is_at(asset.name));
        }
        assert!(served[0].is_at("/"));
        assert_eq!(content_type("engine.wasm"), "application/wasm");
        assert_eq!(content_type("app.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("weights.bin"), "application/octet-stream");
    }

    #[test]
    fn encodings_are_those_that_a_client_takes() {
        let takes = |value| accepts_gzip(&headers(header::ACCEPT_ENCODING, value));
        for good in ["gzip", "deflate, GZIP;q=0.5", "*", "br;q=1, *;q=0.1", "gzip ; q=1"] {
            assert!(takes(good), "{good}");
        }
        for bad in ["", "identity", "gzip;q=0", "gzip;q=0.0, *", "br", "gzip;q=x", "gzipped"] {
            assert!(!takes(bad), "{bad}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_file_that_the_client_has_is_not_sent_again() {
        let served = &ServedAsset::all()[0];
        let first = served.reply(&HeaderMap::new()).unwrap();
        let tag = first.headers()[header::ETAG].to_str().unwrap();
        let packed = served.reply(&headers(header::ACCEPT_ENCODING, "gzip")).unwrap();
        assert_ne!(packed.headers()[header::ETAG], tag);
        let again = |known: &str| {
            let known = HeaderValue::from_str(known).unwrap();
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, known)]);
            served.reply(&headers).unwrap().status().as_u16()
        };
        assert_eq!(again(tag), 304);
        assert_eq!(again(&format!("\"x\", W/{tag}")), 304);
        assert_eq!(again("*"), 304);
        assert_eq!(again("\"x\""), 200);
        assert_eq!(again(tag.trim_matches('"')), 200);
    }
}

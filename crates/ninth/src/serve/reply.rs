//! Answers, and refusals.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;
use tokio::sync::mpsc::Receiver;

/// The headers of every answer: what a page of this server may do, and who may use an answer.
const SAFETY: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The body of an answer.
pub enum ReplyBody {
    /// All of it.
    Whole(Bytes),
    /// What somebody sends, of a size that may be known.
    Stream(Receiver<io::Result<Bytes>>, Option<u64>),
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            ReplyBody::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            ReplyBody::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            ReplyBody::Stream(receiver, _) => {
                receiver.poll_recv(context).map(|part| part.map(|part| part.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, ReplyBody::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ReplyBody::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            ReplyBody::Stream(_, Some(size)) => SizeHint::with_exact(*size),
            ReplyBody::Stream(_, None) => SizeHint::default(),
        }
    }
}

/// An answer.
pub type Reply = Response<ReplyBody>;

/// An answer of this type.
pub fn reply(content_type: &'static str, body: ReplyBody) -> Reply {
    let mut reply = Response::new(body);
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Answers are of their time; the files of the page say otherwise.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// An answer in JSON.
pub fn json_reply(body: Vec<u8>) -> Reply {
    reply("application/json", ReplyBody::Whole(body.into()))
}

/// An answer with what all of them have.
pub fn made_safe(mut reply: Reply) -> Reply {
    for (name, value) in SAFETY {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRefusal {
    /// The status.
    pub status: StatusCode,
    /// The reason, for people.
    pub message: String,
    /// The methods that are allowed, where it is the method.
    pub allow: Option<&'static str>,
}

impl HttpRefusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        HttpRefusal { status, message: message.into(), allow: None }
    }

    /// A question that is none.
    pub fn question(message: impl Into<String>) -> Self {
        HttpRefusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is no such thing.
    pub fn missing(what: impl Into<String>) -> Self {
        HttpRefusal::new(StatusCode::NOT_FOUND, what)
    }

    /// Something went wrong here.
    pub fn failed(message: impl Into<String>) -> Self {
        HttpRefusal::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// The answer that says so.
    pub fn into_reply(self) -> Reply {
        let body = format!("{}\n", json!({ "error": self.message }));
        let mut reply = json_reply(body.into_bytes());
        *reply.status_mut() = self.status;
        if let Some(allow) = self.allow {
            reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        reply
    }
}

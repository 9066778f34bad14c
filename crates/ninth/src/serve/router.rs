//! From a request to its answer.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use tokio::time::timeout;

use super::api::QuestionKind;
use super::assets::ServedAsset;
use super::events::EventStreams;
use super::hosts::Hosts;
use super::path;
use super::reply::{HttpRefusal, Reply, json_reply, made_safe};
use super::runs::{RunsFolder, detail, in_background, log, weights};
use super::workers::Workers;

/// Bytes of a body, at most.
const LARGEST_BODY: usize = 1 << 16;

/// The time that a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);

/// What of a body is taken that nobody reads, so that a client that has sent it sees the answer.
const DRAINED: (usize, Duration) = (1 << 20, Duration::from_millis(500));

/// All that is served.
#[derive(Debug)]
pub struct Site {
    pub hosts: Hosts,
    pub assets: Vec<ServedAsset>,
    pub workers: Workers,
    pub runs: RunsFolder,
    pub streams: EventStreams,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Route {
    Asset(usize),
    Question(QuestionKind),
    Runs,
    Run(String),
    Events(String),
    Weights(String),
}

impl Site {
    /// The answer to a request.
    ///
    /// # Errors
    ///
    /// None: what is wrong is said in the answer.
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Reply, Infallible> {
        let (parts, mut body) = request.into_parts();
        let answered = self.answered(&parts, &mut body).await;
        if !body.is_end_stream() {
            let (size, time) = DRAINED;
            let _ = timeout(time, collected(&mut body, size)).await;
        }
        Ok(made_safe(answered.unwrap_or_else(HttpRefusal::into_reply)))
    }

    async fn answered(&self, parts: &Parts, body: &mut Incoming) -> Result<Reply, HttpRefusal> {
        self.hosts.check(&parts.uri, &parts.headers)?;
        let route = self.route(parts.uri.path())?;
        allowed(&route, &parts.method)?;
        match route {
            Route::Asset(index) => self.assets[index].reply(&parts.headers).map_err(failed),
            Route::Question(kind) => {
                let asked = match parts.method == Method::POST {
                    true => {
                        is_json(&parts.headers)?;
                        let body = small_body(&parts.headers, body).await?;
                        self.workers.run(move || kind.answer(kind.of_json(&body)?)).await?
                    }
                    false => {
                        let query = parts.uri.query().unwrap_or_default().to_string();
                        self.workers.run(move || kind.answer(kind.of_query(&query)?)).await?
                    }
                };
                asked.map(json_reply)
            }
            Route::Runs => {
                let runs = self.runs.clone();
                let list = in_background(move || serde_json::to_vec(&runs.list())).await;
                let mut list = list.and_then(|list| Ok(list?)).map_err(failed)?;
                list.push(b'\n');
                Ok(json_reply(list))
            }
            Route::Run(name) => {
                let runs = self.runs.clone();
                in_background(move || detail(name.clone(), runs.run(&name)?))
                    .await
                    .map_err(failed)?
            }
            Route::Events(name) => {
                let runs = self.runs.clone();
                let found = in_background(move || {
                    let view = runs.run(&name)?;
                    let log = log(&view)?;
                    Ok((name, view, log))
                });
                let (name, view, log) = found.await.map_err(failed)??;
                self.streams.follow(name, view, log)
            }
            Route::Weights(name) => {
                let runs = self.runs.clone();
                in_background(move || weights(&name, &runs.run(&name)?)).await.map_err(failed)?
            }
        }
    }

    fn route(&self, path: &str) -> Result<Route, HttpRefusal> {
        let missing = || HttpRefusal::missing("there is nothing at this address");
        let Some(rest) = path.strip_prefix("/api/") else {
            let asset = self.assets.iter().position(|asset| asset.is_at(path));
            return asset.map(Route::Asset).ok_or_else(missing);
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let name = |text: &str| path::decoded(text, false).ok_or_else(missing);
        Ok(match parts[..] {
            ["predict"] => Route::Question(QuestionKind::Predict),
            ["explain"] => Route::Question(QuestionKind::Explain),
            ["runs"] => Route::Runs,
            ["runs", run] => Route::Run(name(run)?),
            ["runs", run, "events"] => Route::Events(name(run)?),
            ["runs", run, "weights"] => Route::Weights(name(run)?),
            _ => return Err(missing()),
        })
    }
}

fn failed(error: io::Error) -> HttpRefusal {
    HttpRefusal::failed(error.to_string())
}

/// Refuses a method that a route does not have.
fn allowed(route: &Route, method: &Method) -> Result<(), HttpRefusal> {
    let (methods, names): (&[Method], _) = match route {
        Route::Asset(_) => (&[Method::GET, Method::HEAD], "GET, HEAD"),
        Route::Question(_) => (&[Method::GET, Method::POST], "GET, POST"),
        Route::Runs | Route::Run(_) | Route::Events(_) | Route::Weights(_) => {
            (&[Method::GET], "GET")
        }
    };
    if methods.contains(method) {
        return Ok(());
    }
    let message = format!("only {names} are possible here");
    let refusal = HttpRefusal::new(StatusCode::METHOD_NOT_ALLOWED, message);
    Err(HttpRefusal { allow: Some(names), ..refusal })
}

/// Refuses a body that does not say that it is JSON: a form of another page cannot say so.
fn is_json(headers: &HeaderMap) -> Result<(), HttpRefusal> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let one = types.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = one.split(';').next().unwrap_or_default().trim();
    match essence.eq_ignore_ascii_case("application/json") && types.next().is_none() {
        true => Ok(()),
        false => {
            let message = "the body has to be of the type application/json";
            Err(HttpRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

async fn small_body(headers: &HeaderMap, body: &mut Incoming) -> Result<Vec<u8>, HttpRefusal> {
    let too_large = || {
        let message = format!("the body has more than {LARGEST_BODY} bytes");
        HttpRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    let said = headers.get(CONTENT_LENGTH).and_then(|size| size.to_str().ok()?.parse().ok());
    if said.is_some_and(|size: u64| size > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    let slow = |_| HttpRefusal::new(StatusCode::REQUEST_TIMEOUT, "the body takes too long");
    match timeout(BODY_TIME, collected(body, LARGEST_BODY)).await.map_err(slow)? {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(too_large()),
        Err(error) => Err(HttpRefusal::question(format!("the body cannot be read: {error}"))),
    }
}

/// The bytes of a body; `None` if there are more than `most`.
async fn collected(body: &mut Incoming, most: usize) -> hyper::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        let Some(frame) = frame else { return Ok(Some(bytes)) };
        let Ok(data) = frame?.into_data() else { continue };
        if data.len() > most - bytes.len() {
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn site() -> Site {
        Site {
            hosts: Hosts { port: 9009 },
            assets: ServedAsset::all(),
            workers: Workers::start(1).unwrap(),
            runs: RunsFolder::new("runs".into()),
            streams: EventStreams::default(),
        }
    }

    #[test]
    fn every_path_leads_to_one_thing() {
        let site = site();
        let run = |name: &str| Ok(Route::Run(name.to_string()));
        assert_eq!(site.route("/"), Ok(Route::Asset(0)));
        assert_eq!(site.route("/index.html"), Ok(Route::Asset(0)));
        assert_eq!(site.route("/api/predict"), Ok(Route::Question(QuestionKind::Predict)));
        assert_eq!(site.route("/api/explain"), Ok(Route::Question(QuestionKind::Explain)));
        assert_eq!(site.route("/api/runs"), Ok(Route::Runs));
        assert_eq!(site.route("/api/runs/a%20b"), run("a b"));
        assert_eq!(site.route("/api/runs/x/events"), Ok(Route::Events("x".to_string())));
        assert_eq!(site.route("/api/runs/x/weights"), Ok(Route::Weights("x".to_string())));
        // Names are decoded once; whether there is such a run is another question.
        assert_eq!(site.route("/api/runs/%2e%2e"), run(".."));
        assert_eq!(site.route("/api/runs/%252e%252e"), run("%2e%2e"));
        assert_eq!(site.route("/api/runs/"), run(""));
        for bad in [
            "",
            "*",
            "//",
            "/./",
            "/Index.html",
            "/index.html/",
            "/index.html.gz",
            "/../Cargo.toml",
            "/%69ndex.html",
            "/api",
            "/api/",
            "/api/predict/",
            "/api//runs",
            "/api/runs/x/y",
            "/api/runs/x/events/",
            "/api/runs/../runs",
            "/api/runs/%ff",
            "/api/runs/%2",
        ] {
            assert_eq!(site.route(bad).unwrap_err().status, StatusCode::NOT_FOUND, "{bad}");
        }
    }

    #[test]
    fn methods_that_are_not_allowed_are_told_which_are() {
        let refused = |route: &Route, method: &Method| allowed(route, method).unwrap_err();
        let refusal = refused(&Route::Asset(0), &Method::POST);
        assert_eq!((refusal.status.as_u16(), refusal.allow), (405, Some("GET, HEAD")));
        let question = Route::Question(QuestionKind::Explain);
        assert_eq!(refused(&question, &Method::DELETE).allow, Some("GET, POST"));
        assert_eq!(refused(&Route::Runs, &Method::OPTIONS).allow, Some("GET"));
        assert!(allowed(&question, &Method::POST).is_ok());
        assert!(allowed(&Route::Asset(0), &Method::HEAD).is_ok());
    }

    #[test]
    fn bodies_say_that_they_are_json() {
        let of = |values: &[&'static str]| {
            let values = values.iter().map(|value| (CONTENT_TYPE, HeaderValue::from_static(value)));
            is_json(&HeaderMap::from_iter(values)).map_err(|refusal| refusal.status.as_u16())
        };
        assert_eq!(of(&["application/json"]), Ok(()));
        assert_eq!(of(&["Application/JSON; charset=utf-8"]), Ok(()));
        for bad in ["text/plain", "application/json2", "application/x-www-form-urlencoded", ""] {
            assert_eq!(of(&[bad]), Err(415), "{bad}");
        }
        assert_eq!(of(&[]), Err(415));
    }
}

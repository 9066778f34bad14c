//! Which names of the server, and which pages, are its own.
//!
//! A page of somebody else can make a browser send requests to this machine, by its address or
//! under a name of its own that leads here. Such requests say so, and get nothing.

use hyper::StatusCode;
use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::http::Uri;

use super::reply::HttpRefusal;

/// Says whether a browser's request is from a page of the same server.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of the server.
#[derive(Clone, Copy, Debug)]
pub struct Hosts {
    pub port: u16,
}

impl Hosts {
    /// Whether `host` is the server: a name of this machine with the port.
    fn are(self, host: &str) -> bool {
        let port = self.port;
        let named = |name: &str| {
            host.eq_ignore_ascii_case(&format!("{name}:{port}"))
                // The port of HTTP itself is not written.
                || (port == 80 && host.eq_ignore_ascii_case(name))
        };
        ["127.0.0.1", "localhost", "[::1]"].into_iter().any(named)
    }

    /// Refuses a request that is meant for somebody else, or comes from a page of somebody else.
    ///
    /// # Errors
    ///
    /// If it is one.
    pub fn check(self, uri: &Uri, headers: &HeaderMap) -> Result<(), HttpRefusal> {
        let values = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or(""));
        let hosts: Vec<&str> = values(HOST).collect();
        let target = uri.authority().is_none_or(|host| self.are(host.as_str()));
        if hosts.len() != 1 || !self.are(hosts[0]) || !target {
            let message = format!("this server is http://127.0.0.1:{}/ and no other", self.port);
            return Err(HttpRefusal::new(StatusCode::MISDIRECTED_REQUEST, message));
        }
        let is_own =
            |origin: &str| origin.strip_prefix("http://").is_some_and(|host| self.are(host));
        if !values(ORIGIN).all(is_own) {
            let message = "pages of other servers get no answers";
            return Err(HttpRefusal::new(StatusCode::FORBIDDEN, message));
        }
        let from_here = |site: &str| site == "same-origin" || site == "none";
        if uri.path().starts_with("/api/") && !values(FETCH_SITE).all(from_here) {
            let message = "pages of other servers get no answers";
            return Err(HttpRefusal::new(StatusCode::FORBIDDEN, message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn status(port: u16, uri: &str, headers: &[(HeaderName, &'static [u8])]) -> Option<u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let checked = Hosts { port }.check(&uri.parse().unwrap(), &map);
        checked.err().map(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn only_names_of_this_machine_are_served() {
        let host = |host: &'static str| status(9009, "/", &[(HOST, host.as_bytes())]);
        for good in ["127.0.0.1:9009", "localhost:9009", "LocalHost:9009", "[::1]:9009"] {
            assert_eq!(host(good), None, "{good}");
        }
        for bad in [
            "",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:80",
            "127.0.0.1:90090",
            "127.0.0.1:9009.",
            "evil.example:9009",
            "127.0.0.1.evil.example:9009",
            "localhost.evil.example:9009",
            "evil@127.0.0.1:9009",
            "0.0.0.0:9009",
            "127.1:9009",
            "[::1]",
            " 127.0.0.1:9009",
        ] {
            assert_eq!(host(bad), Some(421), "{bad}");
        }
        assert_eq!(status(9009, "/", &[]), Some(421));
        let twice: (HeaderName, &[u8]) = (HOST, b"127.0.0.1:9009");
        assert_eq!(status(9009, "/", &[twice.clone(), twice.clone()]), Some(421));
        assert_eq!(status(9009, "/", &[(HOST, b"\xff:9009")]), Some(421));
        // A whole address as the target.
        assert_eq!(status(9009, "http://127.0.0.1:9009/", std::slice::from_ref(&twice)), None);
        assert_eq!(status(9009, "http://evil.example/", &[twice]), Some(421));
        assert_eq!(status(80, "/", &[(HOST, b"localhost")]), None);
    }

    #[test]
    fn pages_of_others_get_nothing() {
        let host: (HeaderName, &[u8]) = (HOST, b"127.0.0.1:9009");
        let origin =
            |origin: &'static str| status(9009, "/", &[host.clone(), (ORIGIN, origin.as_bytes())]);
        assert_eq!(origin("http://127.0.0.1:9009"), None);
        assert_eq!(origin("http://localhost:9009"), None);
        for bad in ["null", "", "https://127.0.0.1:9009", "http://127.0.0.1:9010", "http://a"] {
            assert_eq!(origin(bad), Some(403), "{bad}");
        }
        let site = |path, site: &'static str| {
            status(9009, path, &[host.clone(), (FETCH_SITE, site.as_bytes())])
        };
        assert_eq!(site("/api/runs", "same-origin"), None);
        assert_eq!(site("/api/runs", "none"), None);
        assert_eq!(site("/api/runs", "cross-site"), Some(403));
        assert_eq!(site("/api/runs", "same-site"), Some(403));
        // A link on a page of somebody else leads to the page.
        assert_eq!(site("/", "cross-site"), None);
    }
}

//! Questions: `predict` and `explain`, with the types and the rules of the library.

use hyper::StatusCode;
use ninth_inference::answer::Method;
use num_bigint::BigInt;
use serde::Serialize;
use serde_json::value::RawValue;

use super::path;
use super::reply::HttpRefusal;
use crate::error::{Error, named};
use crate::explain::ExplainOptions;
use crate::model::Model;
use crate::predict::PredictOptions;
use crate::reading::{json, terms};

/// Terms that are computed, at most, of a prediction and of each rule.
const MOST_TERMS: (usize, usize) = (1000, 100);

/// Candidates or rules that are named, at most.
const MOST_NAMED: usize = 100;

/// Bytes of an answer, at most: terms may have many digits.
const LARGEST: usize = 1 << 22;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// What follows.
    Predict,
    /// The rules behind it.
    Explain,
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedQuestion {
    terms: Vec<BigInt>,
    count: Option<usize>,
    top: Option<usize>,
    method: Option<Method>,
}

impl QuestionKind {
    /// What may be said of it.
    fn fields(self) -> &'static [&'static str] {
        match self {
            QuestionKind::Predict => &["terms", "text", "count", "top", "method"],
            QuestionKind::Explain => &["terms", "text", "count", "top"],
        }
    }

    fn most_terms(self) -> usize {
        match self {
            QuestionKind::Predict => MOST_TERMS.0,
            QuestionKind::Explain => MOST_TERMS.1,
        }
    }

    /// The question that a JSON object asks.
    ///
    /// # Errors
    ///
    /// If it asks none.
    pub fn of_json(self, body: &[u8]) -> Result<AskedQuestion, HttpRefusal> {
        let text = std::str::from_utf8(body);
        let text = text.map_err(|_| HttpRefusal::question("not text in UTF-8"))?;
        let fields = json::fields(text).map_err(HttpRefusal::question)?;
        let string = |value: &RawValue| serde_json::from_str::<String>(value.get()).ok();
        self.of_fields(fields.into_iter().map(|(name, value)| {
            let value = match name.as_str() {
                "terms" => Given::Terms(json::terms_of(value.get())),
                _ => match string(value) {
                    Some(text) => Given::Text(text),
                    None => Given::Number(value.get().to_string()),
                },
            };
            (name, value)
        }))
    }

    /// The question that a query asks.
    ///
    /// # Errors
    ///
    /// If it asks none.
    pub fn of_query(self, query: &str) -> Result<AskedQuestion, HttpRefusal> {
        let fields = path::query(query);
        let fields =
            fields.ok_or_else(|| HttpRefusal::question("the query is not encoded as one"))?;
        self.of_fields(fields.into_iter().map(|(name, value)| {
            let value = match name.as_str() {
                "count" | "top" => Given::Number(value),
                _ => Given::Text(value),
            };
            (name, value)
        }))
    }

    fn of_fields(
        self,
        fields: impl Iterator<Item = (String, Given)>,
    ) -> Result<AskedQuestion, HttpRefusal> {
        let mut asked = AskedQuestion::default();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in fields {
            let Some(name) = self.fields().iter().copied().find(|known| *known == name) else {
                let all = self.fields().join(", ");
                let name: String = name.chars().take(40).collect();
                return Err(HttpRefusal::question(format!("there is no {name:?}, only {all}")));
            };
            if seen.contains(&name) {
                return Err(HttpRefusal::question(format!("{name} is given twice")));
            }
            seen.push(name);
            match name {
                "count" => asked.count = Some(value.number(name, self.most_terms())?),
                "top" => asked.top = Some(value.number(name, MOST_NAMED)?),
                "method" => asked.method = Some(value.method()?),
                _ => asked.terms = value.terms(name)?,
            }
        }
        match (seen.contains(&"terms"), seen.contains(&"text")) {
            (true, true) => {
                Err(HttpRefusal::question("terms and text: only one of them can be given"))
            }
            _ if asked.terms.is_empty() => Err(HttpRefusal::question(
                "no terms given: terms is an array of integers, text a list",
            )),
            _ => Ok(asked),
        }
    }

    /// The answer, as JSON.
    ///
    /// # Errors
    ///
    /// If the question cannot be answered, or the answer is too long.
    pub fn answer(self, asked: AskedQuestion) -> Result<Vec<u8>, HttpRefusal> {
        let AskedQuestion { terms, count, top, method } = asked;
        let model = Model::shared().map_err(refusal)?;
        match self {
            QuestionKind::Predict => {
                let usual = PredictOptions::default();
                let (count, top) = (count.unwrap_or(usual.count), top.unwrap_or(usual.top));
                let options = PredictOptions { count, top, method, ..usual };
                written(&model.predict(&terms, &options).map_err(refusal)?)
            }
            QuestionKind::Explain => {
                let usual = ExplainOptions::default();
                let (count, top) = (count.unwrap_or(usual.count), top.unwrap_or(usual.top));
                written(&model.explain(&terms, &ExplainOptions { count, top }).map_err(refusal)?)
            }
        }
    }
}

/// A value, as it was given.
enum Given {
    /// Terms, in an array or a string.
    Terms(Result<Vec<BigInt>, String>),
    /// A string.
    Text(String),
    /// Something else, which may be a number.
    Number(String),
}

impl Given {
    fn number(self, name: &str, most: usize) -> Result<usize, HttpRefusal> {
        let found = match self {
            Given::Number(text) => text,
            Given::Text(text) => format!("{text:?}"),
            Given::Terms(_) => String::new(),
        };
        let number = found.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            let found: String = found.chars().take(40).collect();
            let message = format!("{name} is {found}, not a whole number from 1 to {most}");
            HttpRefusal::question(message)
        })
    }

    fn method(self) -> Result<Method, HttpRefusal> {
        let found = match self {
            Given::Text(text) | Given::Number(text) => text,
            Given::Terms(_) => String::new(),
        };
        // Whatever was sent, the message stays short.
        let found: String = found.chars().take(40).collect();
        let method = named("method", &found, Method::ALL, Method::name);
        method.map_err(|error| HttpRefusal::question(error.to_string()))
    }

    fn terms(self, name: &str) -> Result<Vec<BigInt>, HttpRefusal> {
        match self {
            Given::Terms(terms) => terms.map_err(HttpRefusal::question),
            Given::Text(text) => {
                terms::parse(&text).map_err(|error| HttpRefusal::question(error.to_string()))
            }
            Given::Number(_) => {
                Err(HttpRefusal::question(format!("{name} is not a string of terms")))
            }
        }
    }
}

fn written(report: &impl Serialize) -> Result<Vec<u8>, HttpRefusal> {
    let mut bytes =
        serde_json::to_vec(report).map_err(|error| HttpRefusal::failed(error.to_string()))?;
    bytes.push(b'\n');
    match bytes.len() <= LARGEST {
        true => Ok(bytes),
        false => Err(HttpRefusal::question(format!(
            "the answer has {} bytes, more than {LARGEST}; ask for fewer terms",
            bytes.len()
        ))),
    }
}

fn refusal(error: Error) -> HttpRefusal {
    let status = match error {
        Error::Model(_) | Error::OptionOfDecoding { .. } | Error::OptionOfModel { .. } => {
            StatusCode::BAD_REQUEST
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    HttpRefusal::new(status, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(asked: Result<AskedQuestion, HttpRefusal>) -> String {
        let refusal = asked.unwrap_err();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
        refusal.message
    }

    #[test]
    fn the_same_question_in_all_forms() {
        let large = "123456789012345678901234567890";
        let asked = AskedQuestion {
            terms: vec![1.into(), large.parse().unwrap()],
            count: Some(3),
            top: Some(2),
            method: Some(Method::Relations),
        };
        let rest = "\"count\": 3, \"top\": 2, \"method\": \"relations\"";
        for terms in [
            format!("\"terms\": [1, {large}]"),
            format!("\"terms\": [\"1\", \"{large}\"]"),
            format!("\"terms\": \"1, {large}, ...\""),
            format!("\"text\": \"1; {large}\""),
        ] {
            let body = format!("{{{terms}, {rest}}}");
            assert_eq!(QuestionKind::Predict.of_json(body.as_bytes()), Ok(asked.clone()), "{body}");
        }
        for terms in [format!("terms=1,{large}"), format!("text=1;%20{large}+...")] {
            let query = format!("{terms}&count=3&top=2&method=relations");
            assert_eq!(QuestionKind::Predict.of_query(&query), Ok(asked.clone()), "{query}");
        }
        let body = QuestionKind::Predict.answer(asked).unwrap();
        assert!(String::from_utf8(body).unwrap().starts_with(&format!("{{\"terms\":[1,{large}],")));
    }

    #[test]
    fn what_is_no_question_is_named() {
        let json = |body: &str| refused(QuestionKind::Predict.of_json(body.as_bytes()));
        for (body, part) in [
            ("", "not JSON"),
            ("[1, 2]", "not JSON"),
            ("{\"terms\": [1, 2}", "not JSON at column 16"),
            ("{}", "no terms given"),
            ("{\"terms\": []}", "no terms given"),
            ("{\"text\": \"\"}", "no terms given"),
            ("{\"terms\": [1, 2.5]}", "term 2 is \"2.5\""),
            ("{\"text\": \"1 x\"}", "term 2 is \"x\""),
            ("{\"text\": [1, 2]}", "text is not a string"),
            ("{\"terms\": [1], \"text\": \"1\"}", "only one of them"),
            ("{\"terms\": [1], \"terms\": [2]}", "terms is given twice"),
            ("{\"terms\": [1], \"cuont\": 2}", "no \"cuont\", only terms, text, count, top, m"),
            ("{\"terms\": [1], \"count\": 0}", "count is 0, not a whole number from 1 to 1000"),
            ("{\"terms\": [1], \"count\": 1001}", "count is 1001"),
            ("{\"terms\": [1], \"count\": -1}", "count is -1"),
            ("{\"terms\": [1], \"count\": \"3\"}", "count is \"3\""),
            ("{\"terms\": [1], \"count\": 1e3}", "count is 1e3"),
            ("{\"terms\": [1], \"top\": 101}", "top is 101, not a whole number from 1 to 100"),
            ("{\"terms\": [1], \"method\": \"x\"}", "allowed are model, relations, blend"),
            ("{\"terms\": [1], \"method\": 1}", "method is \"1\""),
        ] {
            let message = json(body);
            assert!(message.contains(part), "{body}: {message}");
        }
        assert!(refused(QuestionKind::Predict.of_json(b"{\"text\": \"\xff\"}")).contains("UTF-8"));
        let query = |query| refused(QuestionKind::Explain.of_query(query));
        assert!(query("terms=1&method=model").contains("only terms, text, count, top"));
        assert!(query("terms=%f").contains("not encoded"));
        assert!(query("terms=1&count=").contains("count is ,"));
        assert!(query("terms=1&count=101").contains("from 1 to 100"));
    }

    #[test]
    fn what_the_model_cannot_answer_is_the_question_s_fault() {
        let asked = QuestionKind::Predict.of_query("terms=1000&method=model").unwrap();
        let refusal = QuestionKind::Predict.answer(asked).unwrap_err();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
        assert!(refusal.message.contains("term 1 is 1000"), "{}", refusal.message);
    }

    #[test]
    fn an_answer_has_an_end() {
        let zeros = "0".repeat(15_000);
        let asked = format!("terms=1{zeros},2{zeros},3{zeros}&count=1000&method=relations");
        let asked = QuestionKind::Predict.of_query(&asked).unwrap();
        let refusal = QuestionKind::Predict.answer(asked).map(|body| body.len()).unwrap_err();
        assert!(refusal.message.contains("ask for fewer terms"), "{}", refusal.message);
    }
}

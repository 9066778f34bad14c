//! Answers by the model, by rules, and by both.

use ninth_inference::answer::{Answer, Answers, LARGEST, Method};
use ninth_kernels::InstructionSet;
use ninth_model::decoding::{Decoding, Generation, Predictor};
use ninth_model::output::Output;
use ninth_model::{Architecture, Error, ModelSettings, Transformer};
use ninth_sequences::IntegerRange;
use num_bigint::BigInt;

/// An untrained model of eight terms in 0..=255.
fn predictor(output: Output) -> Predictor {
    let model = ModelSettings { output, ..Default::default() };
    let architecture = Architecture::new(IntegerRange::default(), 8, Default::default(), model);
    let model = Transformer::new(architecture.unwrap());
    let parameters = model.layout().initial(3);
    Predictor::new(InstructionSet::detect(), model, parameters)
}

fn answers(method: Method, predictor: &Predictor) -> Answers<'_> {
    Answers::new(method, predictor).unwrap()
}

fn big(terms: &[i64]) -> Vec<BigInt> {
    terms.iter().map(|&term| term.into()).collect()
}

fn probability(answer: &Answer, term: &BigInt) -> f64 {
    let found = answer.candidates.iter().find(|candidate| candidate.term == *term);
    found.map_or(0.0, |candidate| candidate.probability.unwrap())
}

#[test]
fn a_blend_is_one_distribution_with_the_rules_in_it() {
    let predictor = predictor(Output::Classification);
    for terms in [&[2, 4, 6, 8][..], &[1, 2, 4], &[128, 64, 32, 16], &[9, 9, 1, 7, 2, 8, 0, 4]] {
        let terms = big(terms);
        let [model, relations, blend] = Method::ALL else { unreachable!() };
        let by = |method: &Method| answers(*method, &predictor).answer(&terms, 1000).unwrap();
        let (model, relations, blend) = (by(model), by(relations), by(blend));
        assert_eq!(model.candidates.len(), 256);
        // Rules have their probabilities whoever else is asked, and the others add to them.
        let explanation = answers(Method::Blend, &predictor).explain(&terms, 1);
        let mut total = 0.0;
        for candidate in &relations.candidates {
            let term = &candidate.term;
            let rules = explanation.rules.iter();
            let rules = rules.filter(|rule| rule.continuation.first() == Some(term));
            let by_rules: f64 = rules.map(|rule| rule.probability).sum();
            assert!((candidate.probability.unwrap() - by_rules).abs() < 1e-9, "{terms:?}, {term}");
            assert!(probability(&blend, term) >= by_rules - 1e-9, "{terms:?}, {term}");
            total += by_rules;
        }
        assert!((total - explanation.confidence).abs() < 1e-9);
        assert_eq!(explanation.confidence, blend.explanation.confidence);

        let probabilities: Vec<f64> =
            blend.candidates.iter().map(|candidate| candidate.probability.unwrap()).collect();
        assert!(probabilities.is_sorted_by(|a, b| a >= b));
        let sum: f64 = probabilities.iter().sum();
        assert!(sum <= 1.0 + 1e-9 && sum > 0.5, "{sum}");
        let few = answers(Method::Blend, &predictor).answer(&terms, 3).unwrap();
        assert_eq!(few.candidates, blend.candidates[..3]);

        let every = answers(Method::Model, &predictor).by_every_method(&terms, 1000).unwrap();
        let found: Vec<_> = every.iter().map(|(_, answer)| &answer.candidates).collect();
        assert_eq!(found, [&model.candidates, &relations.candidates, &blend.candidates]);
        assert!(every.iter().map(|(method, _)| method).eq(Method::ALL));
    }
}

#[test]
fn who_names_a_term_goes_on() {
    let predictor = predictor(Output::Classification);
    let next = |method, terms: &[i64], count| {
        let (answers, terms) = (answers(method, &predictor), big(terms));
        let answer = answers.answer(&terms, 5).unwrap();
        answers.continuation(&terms, &answer, count, Generation::Cached).unwrap()
    };
    for method in [Method::Relations, Method::Blend] {
        assert_eq!(next(method, &[2, 4, 6, 8], 3), big(&[10, 12, 14]));
        assert_eq!(next(method, &[1, 2, 4, 8, 16, 32, 64, 128], 2), big(&[256, 512]));
        let many = next(method, &[1, 2, 4, 8, 16, 32], 200);
        assert_eq!((many.len(), &many[199]), (200, &BigInt::from(2).pow(205)));
        let ended = next(method, &[1, 2, 4, 8, 16, 32], 100_000);
        assert!(ended.len() > 60_000 && ended.len() < 100_000, "{}", ended.len());
        assert!(ended.iter().all(|term| term.bits() <= LARGEST));
    }
    let odd = [9, 9, 1, 7, 2, 8, 0, 4, 250, 3, 77, 31];
    let shown = &odd[4..];
    let greedy = predictor.continuation(shown, 7, Generation::Cached, Decoding::Greedy).unwrap();
    assert_eq!(next(Method::Model, &odd, 7), big(&greedy));
    for method in [Method::Model, Method::Blend] {
        assert_eq!(next(method, &odd, 7).len(), 7);
        assert_eq!(next(method, &[5], 4).len(), 4, "no rule is behind one term");
        assert_eq!(next(method, &[5], 0), []);
    }
}

#[test]
fn terms_of_any_size_and_sign_have_an_answer() {
    let predictor = predictor(Output::Classification);
    let ask = |method, terms: &[BigInt]| answers(method, &predictor).answer(terms, 5);
    let far = big(&[1000, 2000, 3000, 4000]);
    assert!(matches!(ask(Method::Model, &far), Err(Error::Term { .. })));
    let huge: Vec<BigInt> = (1..6).map(|k| BigInt::from(10).pow(100) * k).collect();
    for method in [Method::Relations, Method::Blend] {
        let answer = ask(method, &far).unwrap();
        assert_eq!(answer.candidates[0].term, 5000.into());
        let formula = answer.rule_behind(&5000.into()).unwrap().formula();
        assert_eq!(formula, "a(n) = 1000 n, n >= 1");
        assert!(answer.rule_behind(&(-1).into()).is_none());
        let answer = ask(method, &huge).unwrap();
        assert_eq!(answer.candidates[0].term, BigInt::from(10).pow(100) * 6);
        assert_eq!(ask(method, &[]).unwrap_err(), Error::NoTerms);
    }
    // Where no rule is found, there are a model that sees another view, and forecasts.
    for odd in [&[1000, 9, 1, 7, 2, 8, 0, 4][..], &[-9, -2, -77, -31, -5], &[5, -700, 31], &[-4]] {
        let answer = ask(Method::Blend, &big(odd)).unwrap();
        assert!(!answer.candidates.is_empty(), "{odd:?}");
        let sum: f64 = answer.candidates.iter().map(|next| next.probability.unwrap()).sum();
        assert!(sum > 0.0 && sum <= 1.0, "{odd:?}: {sum}");
    }
}

#[test]
fn a_number_without_a_probability_cannot_be_blended() {
    let predictor = predictor(Output::Regression);
    let refused = Answers::new(Method::Blend, &predictor);
    assert_eq!(refused.unwrap_err(), Error::RegressionBlend);
    assert_eq!(Method::best_for(Output::Regression), Method::Model);
    let answers = answers(Method::Model, &predictor);
    assert_eq!(answers.methods(), [Method::Model, Method::Relations]);
    let every = answers.by_every_method(&big(&[2, 4, 6]), 5).unwrap();
    let methods: Vec<Method> = every.iter().map(|(method, _)| *method).collect();
    assert_eq!(methods, [Method::Model, Method::Relations]);
    assert_eq!(every[0].1.candidates[0].probability, None);
}

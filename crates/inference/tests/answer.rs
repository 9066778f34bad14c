//! Answers by the model, by relations, and by both.

use ninth_inference::Explainer;
use ninth_inference::blend::{Answer, Answers, Method};
use ninth_kernels::InstructionSet;
use ninth_model::decoding::{Decoding, Generation, Predictor};
use ninth_model::output::Output;
use ninth_model::{Architecture, Error, ModelSettings, Transformer};
use ninth_sequences::IntegerRange;

/// An untrained model of eight terms in 0..=255.
fn predictor(output: Output) -> Predictor {
    let model = ModelSettings { output, ..Default::default() };
    let architecture = Architecture::new(IntegerRange::default(), 8, Default::default(), model);
    let model = Transformer::new(architecture.unwrap());
    let parameters = model.layout().initial(3);
    Predictor::new(InstructionSet::detect(), model, parameters)
}

fn answers(method: Method, predictor: &Predictor) -> Answers<'_> {
    Answers::new(method, predictor, Explainer::searching()).unwrap()
}

fn probability(answer: &Answer, term: i64) -> f64 {
    let found = answer.candidates.iter().find(|candidate| candidate.term == term);
    found.map_or(0.0, |candidate| candidate.probability.unwrap().into())
}

#[test]
fn a_blend_is_what_both_give_to_each_term() {
    let predictor = predictor(Output::Classification);
    for terms in [&[2, 4, 6, 8][..], &[1, 2, 4], &[128, 64, 32, 16], &[9, 9, 1, 7, 2, 8, 0, 4]] {
        let [model, relations, blend] = Method::ALL else { unreachable!() };
        let by = |method: &Method| answers(*method, &predictor).answer(terms, 1000).unwrap();
        let (model, relations, blend) = (by(model), by(relations), by(blend));
        assert_eq!(model.candidates, predictor.candidates(terms, 1000).unwrap());
        let share = 0.7 * Explainer::searching().explain(terms, 1).confidence;
        for term in 0..300 {
            let expected =
                share * probability(&relations, term) + (1.0 - share) * probability(&model, term);
            assert!((probability(&blend, term) - expected).abs() < 1e-6, "{terms:?}, {term}");
        }
        let probabilities: Vec<f32> =
            blend.candidates.iter().map(|candidate| candidate.probability.unwrap()).collect();
        assert!(probabilities.is_sorted_by(|a, b| a >= b));
        let few = answers(Method::Blend, &predictor).answer(terms, 3).unwrap();
        assert_eq!(few.candidates, blend.candidates[..3]);

        let every = answers(Method::Model, &predictor).by_every_method(terms, 1000).unwrap();
        let found: Vec<_> = every.iter().map(|(_, answer)| &answer.candidates).collect();
        assert_eq!(found, [&model.candidates, &relations.candidates, &blend.candidates]);
        assert!(every.iter().map(|(method, _)| method).eq(Method::ALL));
    }
}

#[test]
fn who_names_a_term_goes_on() {
    let predictor = predictor(Output::Classification);
    let next = |method, terms: &[i64], count| {
        let answers = answers(method, &predictor);
        let answer = answers.answer(terms, 5).unwrap();
        answers.continuation(terms, &answer, count).unwrap()
    };
    for method in [Method::Relations, Method::Blend] {
        assert_eq!(next(method, &[2, 4, 6, 8], 3), [10, 12, 14]);
        assert_eq!(next(method, &[1, 2, 4, 8, 16, 32, 64, 128], 2), [256, 512], "out of range");
        let many = next(method, &[1, 2, 4, 8], 100);
        assert_eq!(many.len(), 59, "as long as 64 bits hold it");
        assert_eq!(many[58], 1 << 62);
    }
    let odd = [9, 9, 1, 7, 2, 8, 0, 4, 250, 3, 77, 31];
    let greedy = predictor.continuation(&odd, 7, Generation::Cached, Decoding::Greedy).unwrap();
    assert_eq!(next(Method::Relations, &odd, 7), [0_i64; 0]);
    for method in [Method::Model, Method::Blend] {
        assert_eq!(next(method, &odd, 7), greedy);
        assert_eq!(next(method, &[5], 4).len(), 4, "one term is no relation");
    }
}

#[test]
fn relations_answer_what_the_model_cannot_see() {
    let predictor = predictor(Output::Classification);
    let ask = |method, terms: &[i64]| answers(method, &predictor).answer(terms, 5);
    let far = [1000, 2000, 3000];
    assert!(matches!(ask(Method::Model, &far), Err(Error::Term { term: 1000, .. })));
    for method in [Method::Relations, Method::Blend] {
        let answer = ask(method, &far).unwrap();
        assert_eq!(answer.candidates[0].term, 4000);
        assert!(answer.is_explained());
        let formula = answer.relation_behind(4000).unwrap().to_string();
        assert_eq!(formula, "x[n] = x[n-1] + 1000, x[0] = 1000");
        assert!(answer.relation_behind(-1).is_none());
        assert_eq!(ask(method, &[]).unwrap_err(), Error::NoTerms);
    }
    let odd = [1000, 9, 1, 7, 2, 8, 0, 4];
    assert!(matches!(ask(Method::Blend, &odd), Err(Error::Term { .. })));
    assert!(ask(Method::Relations, &odd).unwrap().candidates.is_empty());
}

#[test]
fn a_number_without_a_probability_cannot_be_blended() {
    let predictor = predictor(Output::Regression);
    let refused = Answers::new(Method::Blend, &predictor, Explainer::searching());
    assert_eq!(refused.unwrap_err(), Error::RegressionBlend);
    assert_eq!(Method::best_for(Output::Regression), Method::Model);
    let answers = answers(Method::Model, &predictor);
    let every = answers.by_every_method(&[2, 4, 6], 5).unwrap();
    let methods: Vec<Method> = every.iter().map(|(method, _)| *method).collect();
    assert_eq!(methods, [Method::Model, Method::Relations]);
    assert_eq!(every[0].1.candidates[0].probability, None);
}

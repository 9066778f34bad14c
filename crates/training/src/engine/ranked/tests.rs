use std::sync::{Barrier, Mutex};
use std::thread;

use ninth_settings::parse_assignment;

use super::*;
use crate::checkpoint::Checkpoint;
use crate::{Event, Preset, Trainer};

/// What the threads that play ranks have in common.
struct Shared {
    barrier: Barrier,
    bytes: Mutex<Vec<Vec<u8>>>,
    lanes: Mutex<Vec<(Vec<Lanes>, Parts)>>,
}

/// A rank that is a thread of this process.
struct ThreadRank {
    rank: usize,
    size: usize,
    shared: Arc<Shared>,
}

fn thread_ranks(size: usize) -> Vec<Box<dyn Ranks>> {
    let shared = Arc::new(Shared {
        barrier: Barrier::new(size),
        bytes: Mutex::new(vec![Vec::new(); size]),
        lanes: Mutex::new(vec![(Vec::new(), Vec::new().into()); size]),
    });
    let rank = |rank| -> Box<dyn Ranks> {
        Box::new(ThreadRank { rank, size, shared: Arc::clone(&shared) })
    };
    (0..size).map(rank).collect()
}

impl ThreadRank {
    /// All ranks put something down, then each looks at what all have put down.
    fn around<T>(&self, put: impl FnOnce(&Shared), look: impl FnOnce(&Shared) -> T) -> T {
        put(&self.shared);
        self.shared.barrier.wait();
        let seen = look(&self.shared);
        self.shared.barrier.wait();
        seen
    }
}

impl Ranks for ThreadRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn broadcast(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, EngineError> {
        let length = bytes.len();
        let put = |shared: &Shared| shared.bytes.lock().unwrap()[self.rank] = bytes;
        let got = self.around(put, |shared| shared.bytes.lock().unwrap()[0].clone());
        assert_eq!(got.len(), length, "rank {} expects another message", self.rank);
        Ok(got)
    }

    fn gather(&mut self, bytes: Vec<u8>, lengths: &[usize]) -> Result<Vec<u8>, EngineError> {
        assert_eq!(bytes.len(), lengths[self.rank]);
        let put = |shared: &Shared| shared.bytes.lock().unwrap()[self.rank] = bytes;
        Ok(self.around(put, |shared| shared.bytes.lock().unwrap().concat()))
    }

    fn gather_lanes(
        &mut self,
        send: Vec<Lanes>,
        mut receive: Vec<Lanes>,
        parts: &Parts,
    ) -> Result<[Vec<Lanes>; 2], EngineError> {
        let mine = send[..parts[self.rank].len()].to_vec();
        let put = |shared: &Shared| shared.lanes.lock().unwrap()[self.rank].0 = mine;
        self.around(put, |shared| {
            for ((lanes, _), part) in shared.lanes.lock().unwrap().iter().zip(parts.iter()) {
                receive[part.clone()].copy_from_slice(lanes);
            }
        });
        Ok([send, receive])
    }

    fn exchange(&mut self, mut rounds: Vec<Round>) -> Result<Vec<Round>, EngineError> {
        for Round { send, sent, receive, received } in &mut rounds {
            let put = |shared: &Shared| {
                shared.lanes.lock().unwrap()[self.rank] = (send.clone(), Arc::clone(sent));
            };
            self.around(put, |shared| {
                let all = shared.lanes.lock().unwrap();
                for ((lanes, sent), part) in all.iter().zip(received.iter()) {
                    receive[part.clone()].copy_from_slice(&lanes[sent[self.rank].clone()]);
                }
            });
        }
        Ok(rounds)
    }
}

fn config(preset: Preset, further: &[&str]) -> Config {
    let short = ["epochs=2", "steps_per_epoch=8", "warmup_steps=3", "validation.sequences=100"];
    let texts = short.iter().chain(further);
    let assignments: Vec<_> = texts.map(|text| parse_assignment(text).unwrap()).collect();
    Config::resolve(preset, &assignments).unwrap()
}

/// Trains on so many ranks, from a checkpoint if there is one, for `steps` steps: all that was
/// logged, and the state then.
fn train(
    config: &Config,
    ranks: usize,
    from: Option<Checkpoint>,
    steps: u64,
) -> (Vec<String>, Checkpoint) {
    let mut ranks = thread_ranks(ranks).into_iter();
    let leader = Leader::new(ranks.next().unwrap());
    thread::scope(|scope| {
        for (index, ranks) in ranks.enumerate() {
            scope.spawn(move || follow(ranks, 1 + index % 2).unwrap());
        }
        let engine = Box::new(leader.start(config, 2).unwrap());
        log(config, engine, from, steps)
    })
}

fn log(
    config: &Config,
    engine: Box<dyn Engine>,
    from: Option<Checkpoint>,
    steps: u64,
) -> (Vec<String>, Checkpoint) {
    let trainer = Trainer::new(config.clone(), engine, Box::new(|| 0.0)).unwrap();
    let mut trainer = trainer.reporting_every(4);
    if let Some(checkpoint) = from {
        trainer.resume(checkpoint).unwrap();
    }
    let mut events = Vec::new();
    while trainer.step() < steps || steps == config.total_steps() {
        match trainer.advance().unwrap() {
            Event::Finished(_) => break,
            event => events.push(format!("{event:?}")),
        }
    }
    (events, trainer.checkpoint().unwrap())
}

/// Slots of which ranks have several, one or none; sequences that fill no chunk; matrices that
/// are updated as a whole; noise of dropout; an engine's every call.
#[test]
fn ranks_change_no_bit() {
    const MUON: [&str; 4] =
        ["optimizer.kind=muon", "model.dropout=0.1", "batch_size=256", "steps_per_epoch=3"];
    for (preset, further, counts) in [
        (Preset::Design, &["batch_size=72"][..], &[1, 2, 8][..]),
        (Preset::Design, &MUON, &[3, 17]),
        (Preset::Design, &["batch_size=500", "training.slots=32", "steps_per_epoch=2"], &[20]),
        (Preset::Strong, &["batch_size=300", "steps_per_epoch=1"], &[4]),
    ] {
        let config = config(preset, further);
        let steps = config.total_steps();
        let one = Box::new(CpuEngine::new(&config, 1).unwrap());
        let expected = log(&config, one, None, steps);
        for ranks in counts {
            let found = train(&config, *ranks, None, steps);
            assert!(found.0 == expected.0, "{further:?}, {ranks} ranks: other metrics");
            assert!(found.1 == expected.1, "{further:?}, {ranks} ranks: another checkpoint");
        }
        // Interrupted, and resumed with other numbers of ranks.
        let (_, checkpoint) = train(&config, 4, None, steps / 2);
        let (_, checkpoint) = train(&config, 2, Some(checkpoint), steps);
        assert!(checkpoint == expected.1, "{further:?}, resumed");
    }
}

/// Work for more ranks than sixteen; the batch's gradients differ by roundings alone.
#[test]
fn more_slots_are_work_for_more_ranks() {
    let at_work = |slots: &str| {
        let config = config(Preset::Design, &["batch_size=1024", slots]);
        let mut ranks = thread_ranks(40).into_iter();
        let leader = Leader::new(ranks.next().unwrap());
        thread::scope(|scope| {
            ranks.for_each(|ranks| drop(scope.spawn(move || follow(ranks, 1).unwrap())));
            leader.start(&config, 1).unwrap().at_work()
        })
    };
    assert_eq!([at_work("slots=16"), at_work("slots=64")], [16, 40]);
}

#[test]
fn gradients_are_those_of_one_process() {
    let config = config(Preset::Design, &["batch_size=100"]);
    let mut one = CpuEngine::new(&config, 1).unwrap();
    let mut batch = crate::engine::comparison::batch(&config).unwrap();
    let expected = one.gradients(&mut batch).unwrap();
    let mut ranks = thread_ranks(3).into_iter();
    let leader = Leader::new(ranks.next().unwrap());
    thread::scope(|scope| {
        ranks.for_each(|ranks| drop(scope.spawn(move || follow(ranks, 1).unwrap())));
        let mut engine = leader.start(&config, 1).unwrap();
        assert_eq!((engine.at_work(), engine.member.slots.len()), (3, 3));
        assert!(engine.description().ends_with("1 thread) on 3 ranks"));
        assert!(engine.gradients(&mut batch).unwrap() == expected);
    });
}

#[test]
fn ranks_without_a_training_go_home() {
    let mut ranks = thread_ranks(2).into_iter();
    let leader = Leader::new(ranks.next().unwrap());
    thread::scope(|scope| {
        let other = ranks.next().unwrap();
        let follower = scope.spawn(move || follow(other, 1));
        let mut config = Config::default();
        config.model.heads = 3;
        assert!(matches!(leader.start(&config, 1), Err(StartError::Config(_))));
        assert_eq!(follower.join().unwrap(), Ok(()));
    });
}

#[test]
fn pieces_are_all_groups_in_their_order() {
    for lanes in [&[5, 5, 5, 5][..], &[512, 512, 512, 7], &[100, 1, 1, 1, 1], &[3]] {
        for ranks in 1..7 {
            let groups = share_groups(lanes, ranks);
            assert_eq!(groups.len(), ranks);
            let all: Vec<usize> = groups.clone().into_iter().flatten().collect();
            assert_eq!(all, (0..lanes.len()).collect::<Vec<_>>(), "{lanes:?}, {ranks}");
            assert!(groups.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }
    let halves = share_groups(&[512; 8], 4);
    assert_eq!(halves, [0..2, 2..4, 4..6, 6..8]);
}

#[test]
fn orders_arrive() {
    for order in [
        Order::Step(1.5e-3),
        Order::Gradients,
        Order::Evaluate(1024),
        Order::Restore(u64::MAX),
        Order::End,
    ] {
        assert_eq!(Order::from_bytes(&order.to_bytes()), order);
    }
}

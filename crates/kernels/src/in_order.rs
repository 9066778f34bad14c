//! Items of a stream worked on by several threads, with the results in the order of the items.

#[cfg(feature = "threads")]
use std::collections::BTreeMap;
use std::ops::ControlFlow;
#[cfg(feature = "threads")]
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

/// Items that are in work or wait for one before them, at most, for each thread.
#[cfg(feature = "threads")]
const AHEAD: usize = 64;

/// Calls `work` with every item on `threads` threads, each of which takes the next item when it is
/// done with one, and `take` on the caller's thread with the results in the order of the items,
/// as soon as they are there. `take` is also told whether the next result is there already: if
/// not, what it wrote should be flushed. It ends the work by `Break`.
///
/// Items are drawn as they are needed, so that memory is bounded: at most 64 a thread are ahead of
/// the next one that is taken.
///
/// ```
/// use std::ops::ControlFlow;
///
/// let mut squares = Vec::new();
/// let end = ninth_kernels::in_order(4, 0..100, |n| n * n, |square, _| {
///     squares.push(square);
///     ControlFlow::<()>::Continue(())
/// });
/// assert!(end.is_continue() && squares[99] == 9801 && squares.is_sorted());
/// ```
///
/// # Panics
///
/// If the items, `work` or `take` panic.
pub fn in_order<Item, Output, Break>(
    threads: usize,
    items: impl Iterator<Item = Item> + Send,
    work: impl Fn(Item) -> Output + Sync,
    mut take: impl FnMut(Output, bool) -> ControlFlow<Break>,
) -> ControlFlow<Break>
where
    Item: Send,
    Output: Send,
{
    #[cfg(feature = "threads")]
    if threads > 1 {
        return on_threads(threads, items, &work, &mut take);
    }
    let _ = threads;
    for item in items {
        take(work(item), false)?;
    }
    ControlFlow::Continue(())
}

/// How many results were taken, and whether no more are wanted.
#[cfg(feature = "threads")]
#[derive(Default)]
struct Taken {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

#[cfg(feature = "threads")]
impl Taken {
    /// Waits until the item of this index is less than `ahead` before the next result that is
    /// taken; whether it is still wanted.
    fn wait_for(&self, index: usize, ahead: usize) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |state: &mut (usize, bool)| index >= state.0 + ahead && !state.1;
        let state = self.changed.wait_while(state, waits);
        !state.unwrap_or_else(PoisonError::into_inner).1
    }

    fn advance(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 += 1;
        self.changed.notify_all();
    }

    fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.changed.notify_all();
    }
}

/// Ends the work when it is dropped, also by a panic: a thread that waits would wait for ever.
#[cfg(feature = "threads")]
struct EndsOnDrop<'a>(&'a Taken);

#[cfg(feature = "threads")]
impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(feature = "threads")]
fn on_threads<Item: Send, Output: Send, Break>(
    threads: usize,
    items: impl Iterator<Item = Item> + Send,
    work: &(impl Fn(Item) -> Output + Sync),
    take: &mut impl FnMut(Output, bool) -> ControlFlow<Break>,
) -> ControlFlow<Break> {
    let items = Mutex::new(items.enumerate());
    let taken = Taken::default();
    let ahead = AHEAD * threads;
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (sender, items, taken) = (sender.clone(), &items, &taken);
            scope.spawn(move || {
                let ends = EndsOnDrop(taken);
                loop {
                    // A statement of its own, so that the others may draw while this one works.
                    // After a panic in the items there are no more.
                    let next = items.lock().ok().and_then(|mut items| items.next());
                    let Some((index, item)) = next else { break };
                    if !taken.wait_for(index, ahead) || sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
                // The others go on with what they have.
                std::mem::forget(ends);
            });
        }
        drop(sender);
        let _ends = EndsOnDrop(&taken);
        let mut waiting = BTreeMap::new();
        let mut count = 0;
        for (index, output) in receiver {
            waiting.insert(index, output);
            while let Some(output) = waiting.remove(&count) {
                count += 1;
                take(output, waiting.contains_key(&count))?;
                taken.advance();
            }
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn collected(threads: usize, items: usize) -> Vec<usize> {
        let mut all = Vec::new();
        let work = |n: usize| {
            // The first of each hundred takes long.
            if n.is_multiple_of(100) {
                std::thread::sleep(Duration::from_millis(2));
            }
            3 * n
        };
        let end = in_order(threads, 0..items, work, |n, _| {
            all.push(n);
            ControlFlow::<()>::Continue(())
        });
        assert!(end.is_continue());
        all
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [1, 2, 7] {
            for items in [0, 1, 5, 1000] {
                let expected: Vec<usize> = (0..items).map(|n| 3 * n).collect();
                assert_eq!(collected(threads, items), expected, "{threads} threads");
            }
        }
    }

    #[cfg(feature = "threads")]
    #[test]
    fn few_items_are_drawn_ahead_of_a_slow_one() {
        let (drawn, most) = (AtomicUsize::new(0), 4 * AHEAD + 4);
        let items = (0..10_000).inspect(|_| {
            drawn.fetch_add(1, Ordering::SeqCst);
        });
        let work = |n: usize| {
            if n == 0 {
                std::thread::sleep(Duration::from_millis(50));
                assert!(drawn.load(Ordering::SeqCst) <= most);
            }
            n
        };
        let mut taken = 0;
        let _ = in_order(4, items, work, |n, _| {
            assert_eq!(n, taken);
            taken += 1;
            assert!(drawn.load(Ordering::SeqCst) <= taken + most);
            ControlFlow::<()>::Continue(())
        });
        assert_eq!(taken, 10_000);
    }

    #[test]
    fn nothing_is_drawn_after_the_end() {
        for threads in [1, 3] {
            let drawn = AtomicUsize::new(0);
            let items = (0..1_000_000).inspect(|_| {
                drawn.fetch_add(1, Ordering::SeqCst);
            });
            let end = in_order(
                threads,
                items,
                |n| n,
                |n, _| match n {
                    10 => ControlFlow::Break("enough"),
                    _ => ControlFlow::Continue(()),
                },
            );
            assert_eq!(end, ControlFlow::Break("enough"));
            assert!(drawn.load(Ordering::SeqCst) < 1000);
        }
    }

    #[cfg(feature = "threads")]
    #[test]
    fn a_panic_in_the_work_reaches_the_caller() {
        let work = |n: usize| assert!(n != 500, "item 500");
        let caught = std::panic::catch_unwind(|| {
            in_order(3, 0..100_000, work, |(), _| ControlFlow::<()>::Continue(()))
        });
        assert!(caught.is_err());
    }
}

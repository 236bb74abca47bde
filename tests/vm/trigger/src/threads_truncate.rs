//! `threads-truncate THREADS TIMES FILE LENGTH`: each thread truncates the file so often, one thread
//! after the other.

use std::fs::File;
use std::thread;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [threads, times, path, length] = arguments else {
        return Err("THREADS, TIMES, FILE and LENGTH are missing".into());
    };
    let number = |text: &String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    let (threads, times, length) = (number(threads)?, number(times)?, number(length)?);
    let file = File::create(path).map_err(|error| format!("{path}: {error}"))?;
    let truncate = || (0..times).try_for_each(|_| file.set_len(length));
    for _ in 0..threads {
        let done = thread::scope(|scope| scope.spawn(truncate).join());
        done.map_err(|_| "a thread panicked")?.map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

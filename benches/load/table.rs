//! The report.

use std::time::Duration;

use crate::plan::Row;

pub fn print(rows: &[Row]) {
    println!("| {:<31} | connections | per second | p50 ms | p99 ms | ratio to pgbench |", "what");
    println!("| {:-<31} | ----------: | ---------: | -----: | -----: | ---------------: |", "");
    for Row { name, connections, figures, postgres } in rows {
        let ratio = postgres.map_or_else(String::new, |bare| format!("{:.2}", figures.per_second / bare));
        println!(
            "| {name:<31} | {connections:>11} | {:>10.0} | {:>6.2} | {:>6.2} | {ratio:>16} |",
            figures.per_second,
            millis(figures.p50),
            millis(figures.p99),
        );
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

//! Dates and times.

use super::*;

#[test]
fn dates_as_people_write_them() {
    let first_of_march = [
        "2026-03-01",
        "2026/3/1",
        "2026-03-01T23:59:59Z",
        "1.3.2026",
        "01/03/2026",
        "1-3-2026",
        "1 March 2026",
        "1st of March 2026",
        "March 1, 2026",
        "Mar. 1st 2026",
        "1 mar 2026",
        "Sunday, 1 March 2026",
        "2026 March 1",
        "2026-03-01 10:00",
        "1 March 2026 10:00:30",
    ];
    for words in first_of_march {
        check(&of(FieldKind::Date), &[(words, "2026-03-01")]);
    }
    check(
        &of(FieldKind::Date),
        &[
            ("3 4 2026", "2026-04-03"),
            // No thirteenth month: the month stands first.
            ("04/13/2026", "2026-04-13"),
            ("29 February 2024", "2024-02-29"),
            ("29.2.2026", ""),
            ("31.4.2026", ""),
            ("1.3.26", ""),
            ("March", ""),
            ("0000-00-00", ""),
            ("1/2/3/2026", ""),
            ("+1 March 2026", ""),
            ("Ünsinn am ersten", ""),
        ],
    );
    let taken = take(&of(FieldKind::Date), &text("1.3.2026")).expect("a date");
    assert_eq!(taken.value, Value::Date("2026-03-01T00:00:00Z".parse().expect("a date")));
}

#[test]
fn times_as_people_write_them() {
    check(
        &of(FieldKind::Time),
        &[
            ("14:30", "14:30"),
            ("2:30 pm", "14:30"),
            ("2.30 P.M.", "14:30"),
            ("14.30", "14:30"),
            ("14:30:59", "14:30"),
            ("2026-03-01T14:30:00Z", "14:30"),
            ("2pm", "14:00"),
            ("12 am", "00:00"),
            ("12 pm", "12:00"),
            ("9:05", "09:05"),
            ("24:00", ""),
            ("13 pm", ""),
            ("0 am", ""),
            ("14", ""),
            ("14:3", ""),
            ("14:60", ""),
            ("14:30:00:00", ""),
            ("noon", ""),
        ],
    );
}

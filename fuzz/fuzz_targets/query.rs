//! Any query: read or refused, pages stay within their bounds, and only known names sort.
#![no_main]

use aureole_fuzz::{
    api::{
        listing::ListQuery,
        objects::lenient::{BigInt, Flag, Guid, Int, Moment, Real, Text, optional, read_moment},
        query,
    },
    domain::paging::ChatOrder,
};
use chrono::SubsecRound;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

/// A member of every kind.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Everything {
    #[serde(deserialize_with = "optional")]
    int: Option<Int>,
    #[serde(deserialize_with = "optional")]
    big: Option<BigInt>,
    #[serde(deserialize_with = "optional")]
    real: Option<Real>,
    #[serde(deserialize_with = "optional")]
    flag: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    text: Option<Text>,
    #[serde(deserialize_with = "optional")]
    moment: Option<Moment>,
    #[serde(deserialize_with = "optional")]
    guid: Option<Guid>,
}

fuzz_target!(|query: &str| {
    if let Ok(list) = query::read::<ListQuery>(query) {
        let page = list.page();
        assert!(page.number >= 1 && (1..=1_000).contains(&page.size), "{page:?}");
        assert!(page.offset() >= 0, "{page:?}");
        let _ = list.members();
        let sorts = list.sorts(|name| {
            assert_eq!(name, name.to_ascii_lowercase());
            (name == "id").then_some(ChatOrder::Id)
        });
        assert!(sorts.len() <= 5);
    }
    if let Ok(found) = query::read::<Everything>(query) {
        assert!(found.real.is_none_or(|real| real.0.is_finite()));
        assert!(found.text.is_none_or(|text| !text.0.contains('\0')), "NUL came through");
        if let Some(moment) = found.moment {
            let written = serde_json::to_value(moment).expect("a moment is text");
            let again = read_moment(written.as_str().expect("text"));
            // What is finer than Postgres keeps is not written.
            assert_eq!(again, Some(moment.0.trunc_subsecs(6)), "written as {written}");
        }
        if let Some(guid) = found.guid {
            let again: Guid = serde_json::from_value(serde_json::to_value(guid).expect("text")).expect("read");
            assert_eq!(again, guid);
        }
        let _ = (found.int, found.big, found.flag);
    }
});

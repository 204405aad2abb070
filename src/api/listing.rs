//! Paging and sorting, the same for every list.

use serde::{Deserialize, Serialize};

use super::objects::lenient::{Flag, Int, Text, optional};
use crate::domain::paging::{Page, Sort};

/// Rows of a page when the caller names no size.
const PAGE_SIZE_DEFAULT: i64 = 50;
/// Rows of a page at most; larger wishes are cut, as Halo does.
const PAGE_SIZE_MAX: i64 = 100;
/// Rows of a list without paging at most.
const COUNT_MAX: i64 = 1_000;

/// The query members that every list takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ListQuery {
    /// Turns paging on (Halo's spelling).
    #[serde(deserialize_with = "optional")]
    pub pageinate: Option<Flag>,
    /// The page, counted from 1.
    #[serde(deserialize_with = "optional")]
    pub page_no: Option<Int>,
    /// Rows of a page; 50 unless told, at most 100.
    #[serde(deserialize_with = "optional")]
    pub page_size: Option<Int>,
    /// Rows when paging is off, at most 1,000.
    #[serde(deserialize_with = "optional")]
    pub count: Option<Int>,
    /// The first field to sort by; unknown names are ignored.
    #[serde(deserialize_with = "optional")]
    pub order: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub orderdesc: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub order2: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub orderdesc2: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub order3: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub orderdesc3: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub order4: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub orderdesc4: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub order5: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub orderdesc5: Option<Flag>,
}

/// The page's own members of an envelope; only there when paging is on.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct PageMembers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_no: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
}

impl ListQuery {
    fn is_paging(&self) -> bool {
        self.pageinate.is_some_and(|flag| flag.0)
    }

    /// Which rows are wanted.
    pub fn page(&self) -> Page {
        if self.is_paging() {
            let number = self.page_no.map_or(1, |number| i64::from(number.0)).max(1);
            let size = self.page_size.map_or(PAGE_SIZE_DEFAULT, |size| i64::from(size.0));
            let size = if size < 1 { PAGE_SIZE_DEFAULT } else { size.min(PAGE_SIZE_MAX) };
            return Page { number, size };
        }
        // Some clients set a page size alone to say how many rows they want.
        let wanted = self.count.or(self.page_size).map(|count| i64::from(count.0)).filter(|count| *count > 0);
        Page { number: 1, size: wanted.unwrap_or(COUNT_MAX).min(COUNT_MAX) }
    }

    pub fn members(&self) -> PageMembers {
        let page = self.is_paging().then(|| self.page());
        PageMembers { page_no: page.map(|page| page.number), page_size: page.map(|page| page.size) }
    }

    /// The sort fields that a closed list knows, in order.
    pub fn sorts<T>(&self, known: impl Fn(&str) -> Option<T>) -> Vec<Sort<T>> {
        let wishes = [
            (&self.order, self.orderdesc),
            (&self.order2, self.orderdesc2),
            (&self.order3, self.orderdesc3),
            (&self.order4, self.orderdesc4),
            (&self.order5, self.orderdesc5),
        ];
        wishes
            .into_iter()
            .filter_map(|(name, descending)| {
                let by = known(&name.as_ref()?.0.to_ascii_lowercase())?;
                Some(Sort { by, descending: descending.is_some_and(|flag| flag.0) })
            })
            .collect()
    }
}

//! What narrows the list of connected channels.

use serde::Deserialize;

use crate::{
    api::objects::lenient::{Flag, Int, Text, optional},
    slack::details::DetailsFilter,
};

/// The filters of `GET /SlackDetails`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SlackDetailsQuery {
    /// Connections of this agent; 0: the shared ones.
    #[serde(deserialize_with = "optional")]
    pub agent_id: Option<Int>,
    /// The channel's name, in any case, with or without `#`.
    #[serde(deserialize_with = "optional")]
    pub channel_name: Option<Text>,
    /// The workspace's name, in any case.
    #[serde(deserialize_with = "optional")]
    pub team_name: Option<Text>,
    /// Adds those that are switched off or uninstalled.
    #[serde(deserialize_with = "optional")]
    pub includedisabled: Option<Flag>,
    /// `false` leaves out those that are in use.
    #[serde(deserialize_with = "optional")]
    pub includeenabled: Option<Flag>,
}

/// How one connected channel is read.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OneDetailsQuery {
    /// Taken and without effect: a record is always answered whole.
    #[serde(deserialize_with = "optional")]
    pub includedetails: Option<Flag>,
}

impl SlackDetailsQuery {
    pub(super) fn filter(&self) -> DetailsFilter {
        let name = |text: &Option<Text>| {
            text.as_ref().map(|text| text.0.trim().to_owned()).filter(|text| !text.is_empty())
        };
        DetailsFilter {
            id: None,
            agent: self.agent_id.map(|id| id.0.max(0)),
            channel_name: name(&self.channel_name).map(|name| name.trim_start_matches('#').to_owned()),
            team_name: name(&self.team_name),
            with_active: self.includeenabled.is_none_or(|flag| flag.0),
            with_inactive: self.includedisabled.is_some_and(|flag| flag.0),
        }
    }
}

//! Aureole: a self-hosted chat server that speaks `HaloPSA`'s chat REST API.

-- Secrets that administrators hand over, apart from the documents that are read back: each is sealed
-- with the operator's SECRET_KEY, so that a copied database alone yields none of them.

create table profile_secrets (
    profile_id text not null references chat_profiles,
    -- What it is for; "identity": signs identity tokens.
    kind text not null,
    sealed bytea not null,
    primary key (profile_id, kind)
);

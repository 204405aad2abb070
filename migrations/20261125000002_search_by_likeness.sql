-- People misspell what they look for. A word that no text holds is compared with titles and tags by
-- its trigrams, where Postgres has them: pg_trgm ships with it, but a server may lack the files, or
-- its account the right. Without it, searching finds what is spelt right, and nothing else changes.

do $$
begin
    create extension if not exists pg_trgm;
exception when insufficient_privilege or feature_not_supported or undefined_file then
    raise notice 'pg_trgm cannot be had: searches find no misspelt words';
end
$$;

-- The indexed text is what store/search.rs compares with, letter by letter. An extension in a
-- schema that is not searched counts as absent.
do $$
begin
    if to_regprocedure('strict_word_similarity(text, text)') is not null then
        create index articles_title_trgm_idx on articles using gin (
            (name || ' ' || coalesce(document ->> 'kb_tags', '') || ' ' || coalesce(document ->> 'tag_string', '')) gin_trgm_ops
        ) where deleted_at is null;
        create index services_title_trgm_idx on services using gin (
            (name || ' ' || coalesce(document ->> 'kb_tags', '') || ' ' || coalesce(document ->> 'tag_string', '')) gin_trgm_ops
        ) where deleted_at is null;
    end if;
end
$$;

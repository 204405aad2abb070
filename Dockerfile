# Debian's release must be the same in both stages: the binary links with its C library.

FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY . .
# The checked-in .sqlx answers for the database.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin aureole \
    && cp target/release/aureole /usr/local/bin/aureole

FROM debian:bookworm-slim
RUN useradd --uid 10001 --user-group --create-home --home-dir /var/lib/aureole aureole
COPY --from=build /usr/local/bin/aureole /usr/local/bin/aureole
# By number, so that a cluster can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/aureole
ENV LISTEN_ADDR=0.0.0.0:8080 DATA_DIR=/var/lib/aureole
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["aureole", "healthcheck"]
ENTRYPOINT ["aureole"]
CMD ["serve"]

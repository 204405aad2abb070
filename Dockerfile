FROM rust:1-slim-bookworm AS build
WORKDIR /src
# The allocator is built by it.
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY . .
# The checked-in .sqlx answers for the database.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin aureole \
    && tests/container/image_root target/release/aureole /image

# Only what the binary needs: no shell and no package manager to be misused or mended.
FROM scratch
COPY --from=build /image /
# By number, so that a cluster can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/aureole
ENV PATH=/usr/local/bin LISTEN_ADDR=0.0.0.0:8080 DATA_DIR=/var/lib/aureole
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["aureole", "healthcheck"]
ENTRYPOINT ["aureole"]
CMD ["serve"]

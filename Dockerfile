# syntax=docker/dockerfile:1

# The web pages, as `make web` builds them.
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
ENV PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

# One static program with the pages, the contract and the migrations in it.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /out/paceline ./cmd/paceline \
 && install -d -m 0700 /out/root/keyring

# No shell, no package manager, no root. 65532 is the image's user nonroot.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/paceline /usr/local/bin/paceline
COPY --from=build --chown=65532:65532 /out/root /
USER 65532:65532
ENV PACELINE_ADDR=0.0.0.0:8080 \
    PACELINE_KEYRING=/keyring/keyring.json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/paceline", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/paceline"]
CMD ["serve"]

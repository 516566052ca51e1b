# Paceline: `make help` lists what there is.
#
# Everything is done once: a target looks at what it is made from and does
# nothing when that has not changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# What go test gets besides. CI (any value) adds the race detector and forgets cached results.
TESTFLAGS ?= $(if $(CI),-race -count=1 -timeout=30m)

GO      := go
TOOLS   := bin/tools
MODULES := web/node_modules/.installed
PAGE    := web/dist/index.html

# Nothing may download a browser or talk to its maker.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Run

.PHONY: run
run: build ## Run the platform here, with its own PostgreSQL and a demo world (Ctrl-C ends it)
	@exec bin/paceline dev

.PHONY: build
build: $(PAGE) ## Build bin/paceline with the web pages in it
	@[[ -e bin/paceline ]] || echo "building bin/paceline (the first time this takes a minute or two)"
	@$(GO) build -buildvcs=false -o bin/paceline ./cmd/paceline

.PHONY: web
web: $(PAGE) ## Build the web pages

##@ Check

.PHONY: test
test: test-web test-go ## Test everything; no server has to run

.PHONY: test-go
test-go: $(PAGE)
	$(GO) test $(TESTFLAGS) ./...

.PHONY: test-web
test-web: $(PAGE)
	@tools/need-chromium
	cd web && npm run --silent test && npm run --silent test:browser

.PHONY: test-race
test-race: ## Test the Go code with the race detector
	$(GO) test -race $(TESTFLAGS) ./...

.PHONY: fuzz
fuzz: $(PAGE) ## Give every fuzz target ten seconds, or FUZZTIME
	@tools/fuzz

.PHONY: prove
prove: $(PAGE) ## Try everything with everything: every engine in its long form
	@$(GO) run ./internal/testkit/prove

.PHONY: holes
holes: $(PAGE) ## Plant known vulnerabilities, each alone (HOLES=pattern, SHARE=6 for one in six, PATCH=my.diff): the suite must notice
	@$(GO) run ./internal/testkit/hole/cmd -holes '$(HOLES)' -share '$(or $(SHARE),1)' -patch '$(PATCH)'

.PHONY: mutate
mutate: ## Change the policy in every small way there is: its tests must notice
	@$(GO) run ./internal/testkit/mutant/cmd

.PHONY: lint
lint: lint-go lint-web lint-shell ## Check style, architecture and the contract

.PHONY: lint-go
lint-go: $(TOOLS)/golangci-lint $(TOOLS)/paceline-lint $(PAGE)
	$(TOOLS)/golangci-lint run --allow-parallel-runners
	cd tools && ../$(TOOLS)/golangci-lint run --allow-parallel-runners -c ../.golangci.yml ./lint/...
	$(TOOLS)/paceline-lint -test=false ./...
	$(GO) test -C tools -count=1 ./lint/...

.PHONY: lint-web
lint-web: $(MODULES)
	cd web && npm run --silent check && npm run --silent lint:api

SCRIPTS := .ci/run tools/fuzz tools/need-chromium tools/vulnerabilities deploy/make-secrets.sh

.PHONY: lint-shell
lint-shell:
	@for script in $(SCRIPTS); do bash -n "$$script"; done
	@if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS); else echo "shellcheck is not installed: scripts were only parsed"; fi

.PHONY: vuln
vuln: $(TOOLS)/govulncheck $(MODULES) ## Look for known vulnerabilities in what we depend on
	@tools/vulnerabilities

##@ Measure

# What it needs beside the flags: FLAGS="-goals 1,3" or "-quick".
.PHONY: bench
bench: $(PAGE) ## Measure the service against its goals and write the page (half an hour)
	@$(GO) run ./cmd/bench $(FLAGS)

##@ Generate

.PHONY: generate
generate: ## Make the generated files anew, after a change of the contract or the queries
	CGO_ENABLED=0 $(GO) generate ./...

.PHONY: check-generated
check-generated: generate ## Fail if the committed generated files are out of step
	@changed=$$(git status --porcelain -- '*.gen.go'); \
	if [[ -n $$changed ]]; then \
	  echo "generated files are out of step; run make generate and commit:" >&2; echo "$$changed" >&2; exit 1; \
	fi

.PHONY: clean
clean: ## Take away what was built; data of the local run stay
	rm -rf bin web/node_modules web/dist/assets web/test-results coverage.out
	rm -f $(PAGE)

# The tools are pinned in tools/go.mod, apart from the program's own modules.
# Without cgo sqlc needs no C compiler and builds in a minute instead of ten.
$(TOOLS)/golangci-lint: PACKAGE = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(TOOLS)/govulncheck: PACKAGE = golang.org/x/vuln/cmd/govulncheck

$(TOOLS)/paceline-lint: PACKAGE = ./lint/paceline-lint
$(TOOLS)/paceline-lint: $(wildcard tools/lint/*.go tools/lint/*/*.go)

$(TOOLS)/%: tools/go.mod tools/go.sum
	@echo "building $* (once, may take minutes)"
	@CGO_ENABLED=0 $(GO) build -C tools -buildvcs=false -o ../$@ $(PACKAGE)

$(MODULES): web/package.json web/package-lock.json web/.npmrc
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed for the web pages: https://nodejs.org" >&2; exit 1; }
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(MODULES) web/index.html web/vite.config.ts web/tsconfig.json $(shell find web/src web/public -type f ! -name '*.test.ts')
	cd web && npm run --silent build -- --logLevel warn
	@touch $@

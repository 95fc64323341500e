# Weft: `make run` builds it and serves the demo network, `make test` runs every test.
# Both install what they need; see `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SITE := frontend/dist/index.html
MODULES := frontend/node_modules/.package-lock.json
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' '*.sql' '*.yaml' '*.csv' go.mod go.sum)
SITE_FILES := $(shell git ls-files -co --exclude-standard frontend schema.graphqls)

.PHONY: help run build test test-go test-site test-browser bench generate clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: weft ## Build Weft and serve the demo network at http://127.0.0.1:8080
	./weft serve --store sqlite:demo.db --demo

build: weft ## Build the program, front end included

weft: $(SITE) $(GO_FILES)
	CGO_ENABLED=0 go build -trimpath -o $@ .

$(SITE): $(MODULES) $(SITE_FILES)
	cd frontend && npm run build
	touch $@

$(MODULES): frontend/package-lock.json
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

test: ## Install what tests need, then run all of them
	scripts/install-for-tests
	$(MAKE) test-site test-go test-browser
	@echo "All of Weft's tests passed."

test-site: $(MODULES) ## Lint, type-check and unit-test the front end
	cd frontend && npm run check && npm test

test-go: $(SITE) ## Test everything in Go, on SQLite and on a real Neo4j
	test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	scripts/neo4j exec go test -timeout 25m ./...

test-browser: weft ## Walk through the program in a real Chromium
	cd frontend && npm run e2e

bench: ## Measure the hot paths (docs/performance.md)
	go test -run '^$$' -bench . -benchmem ./graph/...

generate: ## Make generated code and docs/api.md anew from schema.graphqls
	go generate ./resolvers

clean: ## Remove what was built
	rm -rf weft frontend/dist frontend/node_modules frontend/src/api/generated.ts

GO ?= go
# Debian's numpy belongs to Debian's python3.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
LINT = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Packages with goroutines: the race detector makes them several times slower.
CONCURRENT = ./study/... ./sampler/... ./internal/... ./trainer/... ./cmd/...
PLATFORMS = linux/arm64 darwin/arm64 windows/amd64
FUZZTIME ?= 1m

.PHONY: build test unit race lint fmt check-fmt vet tidy check-tidy cross fuzz bench bench-blas reproduce compare-samplers clean

build:
	CGO_ENABLED=0 $(GO) build -o bin/ ./cmd/...

# Everything that has to hold, cheap checks first.
test: check-fmt check-tidy vet unit race cross lint

unit:
	$(GO) test ./...

race:
	CGO_ENABLED=1 $(GO) test -race -short $(CONCURRENT)

vet:
	$(GO) vet ./...

lint:
	$(LINT) run

fmt:
	gofmt -w .

check-fmt:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "not formatted, run make fmt:" $$files; exit 1; }

tidy:
	$(GO) mod tidy

check-tidy:
	$(GO) mod tidy -diff

# The whole module, without cgo, on platforms that the tests do not run on.
cross:
	@for platform in $(PLATFORMS); do \
		echo "build for $$platform"; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} $(GO) build -o /dev/null ./... || exit 1; \
	done

# Every fuzz target for $(FUZZTIME): make fuzz FUZZTIME=10m. The seeds run with
# every go test.
fuzz:
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "fuzz $$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

# Benchmarks, then where the time of a step goes on every kernel path.
bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) run ./cmd/goal-search bench --all-paths --rounds 1

# A training step in units of OpenBLAS's matrix product of its dense flops.
bench-blas:
	$(PYTHON) scripts/bench-blas.py

# The published accuracies on MNIST, from five seeds of two goals.
reproduce:
	$(GO) test -tags reproduction -run PublishedAccuracy -timeout 5h -v ./trainer

# Studies with every sampler and three seeds each.
compare-samplers:
	scripts/compare-samplers.sh

clean:
	rm -rf bin

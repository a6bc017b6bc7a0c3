GO ?= go
# Debian's numpy belongs to Debian's python3.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
LINT = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Protocol buffers: google/api comes from the Go module that has it as files.
BUF = $(GO) run github.com/bufbuild/buf/cmd/buf@v1.75.0
GOOGLEAPIS = github.com/google/gnostic@v0.7.0
GOOGLEAPIS_FOLDER = cmd/protoc-gen-openapi/examples/google/api
GOOGLEAPIS_FILES = annotations.proto http.proto field_behavior.proto
# What the API was when it was last released: changes must be compatible with it.
PROTO_BASELINE = proto/goalsearch.v1.binpb

# Packages with goroutines: the race detector makes them several times slower.
CONCURRENT = ./api/... ./study/... ./sampler/... ./internal/... ./trainer/... ./cmd/...
PLATFORMS = linux/arm64 darwin/arm64 windows/amd64
FUZZTIME ?= 1m

.PHONY: build test unit kernels arm64 avx512 race lint fmt check-fmt vet tidy check-tidy generate check-generate check-proto proto-baseline cross fuzz bench bench-blas reproduce compare-samplers chaos soak clean

# A machine that only serves or only works needs one of the small programs.
build:
	CGO_ENABLED=0 $(GO) build -o bin/goal-search ./cmd/goal-search
	CGO_ENABLED=0 $(GO) build -o bin/goal-search-server ./cmd/server
	CGO_ENABLED=0 $(GO) build -o bin/goal-search-worker ./cmd/worker

# Everything that has to hold, cheap checks first.
test: check-fmt check-tidy check-generate check-proto vet unit kernels race cross lint

unit:
	$(GO) test -timeout 20m ./...

race:
	CGO_ENABLED=1 $(GO) test -race -short -timeout 20m $(CONCURRENT)

# The numerics on every kernel path of this processor, and without assembly.
# A path is chosen by the environment at start, which the test cache ignores. The
# program refuses one that the processor lacks, and says so, with status 2.
NUMERICS = ./internal/kernel ./pid ./trainer
kernels: build
	@for path in avx512 avx2 generic; do \
		export GOAL_SEARCH_KERNEL=$$path; \
		bin/goal-search version >/dev/null; \
		case $$? in \
		0) echo "kernels: $$path"; $(GO) test -count=1 $(NUMERICS) || exit 1 ;; \
		2) echo "kernels: $$path is left out" ;; \
		*) exit 1 ;; \
		esac; \
	done
	$(GO) test -tags purego $(NUMERICS)

# The same on 64-bit Arm, emulated: apt-get install qemu-user.
arm64:
	CGO_ENABLED=0 GOARCH=arm64 $(GO) test -exec qemu-aarch64 $(NUMERICS)

# The same with AVX-512, emulated; scripts/avx512.sh says what to install.
avx512:
	CGO_ENABLED=0 $(GO) test -short -timeout 3h -skip '.*/^(avx2|generic)' -exec "$(CURDIR)/scripts/avx512.sh" $(NUMERICS)

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

generate: third_party/googleapis
	$(GO) generate ./...
	$(BUF) generate

check-generate: generate
	@git diff --exit-code --stat -- '*_amd64.s' '*_stub_amd64.go' proto || { echo "generated code differs: commit what make generate writes"; exit 1; }

# The API: style, format, and that no client breaks.
check-proto: third_party/googleapis
	$(BUF) lint
	$(BUF) format --diff --exit-code proto
	$(BUF) breaking proto --against $(PROTO_BASELINE)

# After a release of the API, what it is becomes what may not break.
proto-baseline: third_party/googleapis
	$(BUF) build proto --exclude-source-info -o $(PROTO_BASELINE)

third_party/googleapis: Makefile
	@folder=$$($(GO) mod download -json $(GOOGLEAPIS) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/$(GOOGLEAPIS_FOLDER) && \
		mkdir -p $@/google/api && \
		for file in $(GOOGLEAPIS_FILES); do cat "$$folder/$$file" > $@/google/api/$$file || exit 1; done && touch $@

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

# Benchmarks, then where the time of a step goes on every kernel path, then steps
# in units of OpenBLAS's matrix product.
bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) run ./cmd/goal-search bench --all-paths --rounds 1
	$(PYTHON) scripts/bench-blas.py

bench-blas:
	$(PYTHON) scripts/bench-blas.py

# The published accuracies on MNIST from five seeds of two goals, and the
# accuracies of the readable reference from ten.
reproduce:
	$(GO) test -tags reproduction -run "PublishedAccuracy|EqualsReference40" -timeout 5h -v ./trainer

# Studies with every sampler and three seeds each.
compare-samplers:
	scripts/compare-samplers.sh

# A study on a cluster on which everything breaks: make chaos CHAOS_SEED=N does a
# run's faults again. A short form runs with every go test.
CHAOS_TRIALS ?= 500
chaos:
	CHAOS_TRIALS=$(CHAOS_TRIALS) $(GO) test -count=1 -v -run TestChaos -timeout 1h ./internal/chaos

# What servers and workers hold while they work does not grow.
SOAK_TIME ?= 1h
soak:
	SOAK_TIME=$(SOAK_TIME) $(GO) test -count=1 -v -run TestSoak -timeout 24h ./internal/chaos

clean:
	rm -rf bin

# 'make test' runs every test, setting up what it needs; CI does the same by .ci/run.
.PHONY: test postgres soak bench build

test:
	@.ci/run

build:
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o jarchi ./cmd/jarchi

# The tests of these packages once more, all of them on a real PostgreSQL server; what exists on SQLite only is skipped and says why. Of the store's the most
# important are on both in 'make test' already.
postgres:
	JARCHI_TEST_ENGINE=postgres go test -count 1 -timeout 60m ./internal/store ./internal/desk ./internal/sources ./internal/delivery ./internal/browse ./internal/people \
		./internal/app ./internal/publish ./internal/receive ./internal/take ./internal/stories ./internal/api

# Long tests: kills by the thousand, outside checkers, hours of random lives.
soak:
	go test -tags soak -timeout 3h ./...
	go test -race -timeout 3h ./...
	go test -v -timeout 1h -run 'Generated|Measure|ReuseOf|Extraction|Learned|Weights|Whole|Later|TwoReal|SecondHand|Traps|Persons' ./internal/intake ./internal/story ./internal/lang

# The figures of docs/performance.md. JARCHI_BENCH names a folder that keeps the databases between runs.
bench:
	go test -tags bench -timeout 3h -v -count 1 -run 'Test(Start|Publish|Import|Memory)$$' ./internal/bench
	go test -tags bench -timeout 3h -v -count 1 -run 'TestSearch$$' ./internal/bench
	GOMEMLIMIT=150MiB go test -tags bench -timeout 3h -v -count 1 -run 'Test(Live|Pages|Cost|PageCost)$$' ./internal/bench

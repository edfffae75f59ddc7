.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: ## everything that CI runs
	.ci/run

.PHONY: test
test: ## the tests, of what takes minutes a sample; those that need the Pulumi CLI are skipped where there is none
	go test -timeout 30m ./...

.PHONY: e2e
e2e: ## the tests with the Pulumi CLI, built on first use
	GUARDRAILS_E2E=1 go test -timeout 20m ./tests/... ./internal/workspace/...

.PHONY: nightly
nightly: ## all cases of the tests of which every run takes a sample, and many more times what has chance in it: for a machine that has hours
	GUARDRAILS_E2E=1 GUARDRAILS_NIGHTLY=1 GUARDRAILS_ALIKE=500 GUARDRAILS_WRITERS=1000 GUARDRAILS_ORDERS=5000 go test -timeout 600m ./...

COPIES ?= 8
COUNT ?= 300

.PHONY: orders
orders: ## COPIES=8 copies of the tests of orders at once, COUNT=300 times each: what has to wait for what, on a machine with no time
	go test -c -o bin/components.test ./components
	cd components && seq $(COPIES) | xargs -P $(COPIES) -I{} ../bin/components.test -test.count $(COUNT) \
		-test.run '^(TestTheGuardIsFirstInAndLastOut|TestATrustPolicyWaitsForTheUsersThatItNames)$$'

.PHONY: busy
busy: ## the tests with COPIES=8 loops beside them that take all processor time: no result depends on the machine's
	pids=; for i in $$(seq $(COPIES)); do (while :; do :; done) & pids="$$pids $$!"; done; trap "kill $$pids" EXIT; go test -timeout 120m ./...

PART ?= 1/1

.PHONY: disturbed
disturbed: ## each type of resource and each fault when it is created, changed and deleted, then one up that ends it; hours, PART=2/4 for a part
	GUARDRAILS_E2E=1 GUARDRAILS_NIGHTLY=1 GUARDRAILS_DISTURBED=$(PART) go test -timeout 600m -v -run '^TestOneUpEndsWhatWasDisturbed$$' ./tests

.PHONY: golden
golden: ## rewrite the golden files; read the difference like a migration
	UPDATE_GOLDEN=1 go test -timeout 30m ./...

.PHONY: oracle
oracle: ## 100,000 generated requests against an independent evaluator; needs Node
	GUARDRAILS_ORACLE=100000 go test -timeout 60m ./tests/oracle

.PHONY: by-hand
by-hand: ## every change that somebody may make by hand, in the sandbox; a quarter of an hour
	GUARDRAILS_E2E=1 GUARDRAILS_BY_HAND=1 go test -timeout 60m -v -run TestWhatSomebodyChangesByHandIsNamedAndPutBack ./tests

.PHONY: solver
solver: ## 20,000 generated worlds and trust policies against an SMT solver; needs Node
	GUARDRAILS_SMT=20000 go test -timeout 180m ./tests/smt

.PHONY: planted
planted: ## mistakes in a copy of package access, each of which an SMT solver must notice; needs Node
	GUARDRAILS_PLANTED=1 GUARDRAILS_SMT=1000 go test -timeout 60m -v -run TestTheSolverNoticesPlantedMistakes ./tests/smt

.PHONY: forgotten
forgotten: ## what CONTRIBUTING.md tells to add, each with a place left out, which the test that it names must tell
	GUARDRAILS_FORGOTTEN=1 go test -timeout 60m -v -run TestWhatIsForgottenIsTold ./tests

DAYS ?= 400

.PHONY: later
later: ## the tests as they will run DAYS=400 days from now: no result depends on the day
	cd tools && go build -o ../bin/later ./later
	bin/later -days $(DAYS) -- -vet=off -timeout 60m ./...

.PHONY: pins
pins: ## copy the pins of tools/ into the program
	go generate ./internal/workspace/pulumicli

.PHONY: release
release: ## VERSION=v1.2.0: archives for Linux, macOS and Windows, bill of materials, checksums, in bin/release
	tools/release/release.sh $(VERSION)

.PHONY: build
build: ## the guardrails command, in bin/
	go build -o bin/guardrails ./cmd/guardrails

WORLDS ?= 1000
FOLDERS ?= . examples/organization

.PHONY: compare
compare: build ## BEFORE=<another build>: what both builds say of WORLDS=1000 generated accounts and of the stack files of FOLDERS, claim by claim
	cd tools && go run ./compare -before $(abspath $(BEFORE)) -now ../bin/guardrails -worlds $(WORLDS) $(abspath $(FOLDERS))

HOSTILE ?= 200

.PHONY: slowest
slowest: build ## which accounts audit takes longest for: each managed policy of AWS's, and HOSTILE=200 generated accounts that are made to be hard; needs npm
	cd tools && go run ./slowest -guardrails ../bin/guardrails -managed -accounts $(HOSTILE)

ACCOUNTS ?= 10 25
RUNS ?= 3

.PHONY: performance
performance: build ## run the verbs on generated organizations and write docs/performance.md; ACCOUNTS="25 50 100" RUNS=5 for larger ones, BEFORE=<build> for another build beside it
	cd tools && go run ./performance -guardrails ../bin/guardrails -page ../docs/performance.md -runs $(RUNS) $(if $(BEFORE),-before $(abspath $(BEFORE))) $(ACCOUNTS)

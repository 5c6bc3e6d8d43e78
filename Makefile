# The two commands of the README; tasks.py does the work on every system.
PYTHON ?= python3

briefing test notebooks lab setup:
	@$(PYTHON) tasks.py $@

.PHONY: briefing test notebooks lab setup

# `make help` says what there is. The work is in scripts/, so that it can be read and run without make.

.PHONY: help setup demo test quick regen

help:   ## Say what there is
	@sed -n 's/^\([a-z-]*\): *\([^#]*\)## \(.*\)/  make \1\t\3/p' Makefile | expand -t 16

setup:  ## Install what is missing: Chromium, fonts, ffmpeg, models
	@scripts/setup

demo: setup  ## Examine the ads of all test worlds and show the report: out/demo/report.html
	@scripts/demo

test:   ## Everything that must hold: format, lints, docs, all tests
	@scripts/test

quick:  ## The same without the tests that start Chromium or read pictures
	@scripts/test quick

regen:  ## Make again what is made from the program and from sources: docs/, the creatives of the test worlds
	@cargo run --quiet -p postlink -- generate
	@tests/sites/render-creatives

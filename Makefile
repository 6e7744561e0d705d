# make lab: from an empty Debian machine to a running ha-3x3.   make test: is it good?
# Each target first makes what it needs, unless that exists already.

SHELL := /bin/bash
LABGEN := .venv/bin/labgen
PARTS := --box --packages trixie --packages bookworm

.PHONY: help install bundle box lab test test-all prepare-tests docs clean

help:
	@echo 'make install   install missing Debian packages, and labgen in .venv'
	@echo 'make bundle    build Kubernetes and the machine images, once: about ten minutes, 3 GiB of disk'
	@echo 'make box       the same, with a Vagrant box for virtual machines and all that they need'
	@echo 'make lab       bring up the lab ha-3x3'
	@echo 'make test      lint, types, unit, shell; a real ha-3x3 with its failover: five minutes'
	@echo 'make test-all  make test, then all other faults, exercises, scenarios and providers: 50 minutes'
	@echo 'make docs      build the documentation as a site: results/site/index.html'
	@echo 'make clean     remove what tests and builds left; ALL=1: also your labs and the bundle'

install:
	@tools/install.sh

bundle: install
	@$(LABGEN) bundle build

box:
	@tools/install.sh libvirt
	@$(LABGEN) bundle build --box

lab: bundle
	@$(LABGEN) up ha-3x3
	@echo
	@echo 'Next:'
	@echo '  . .venv/bin/activate                        once per shell, so that it finds labgen'
	@echo '  labgen status ha-3x3                        what the lab is doing'
	@echo '  labgen kubectl ha-3x3 -- get pods -A        kubectl; or --context labgen-ha-3x3 with your own'
	@echo '  labgen ssh ha-3x3 master1                   a shell on a machine'
	@echo '  labgen verify ha-3x3                        inspect everything, change nothing'
	@echo '  labgen verify ha-3x3 --tier ha --disruptive   prove it: the failover, measured'
	@echo '  labgen stop ha-3x3 master1 --now            cut the power of master1; start brings it back'
	@echo '  labgen down ha-3x3                          remove the lab and verify that nothing is left'

prepare-tests:
	@tools/install.sh libvirt
	@$(LABGEN) bundle build $(PARTS)
	@.venv/bin/python -m tests.e2e.support.bare_machines

# If make is killed, the kernel notifies the script, and labs are taken down all the same.
test: prepare-tests
	@exec setpriv --pdeathsig TERM tools/test.sh quick

test-all: PARTS += --runtime docker --runtime cri-o
test-all: prepare-tests
	@exec setpriv --pdeathsig TERM tools/test.sh all

docs: install
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build
	@echo 'results/site/index.html'

clean:
	@ALL=$(ALL) tools/clean.sh

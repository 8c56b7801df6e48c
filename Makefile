# keyfall: three programs, their tests, and the demo. `make help` lists what can be made.
#
# Sources are found by folder: a new file needs no edit here. Everything is built into build/;
# SAN=address or SAN=thread builds into a folder of its own below it, and so does `make fuzz`.

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules

SAN ?=
BUILD ?= build$(if $(SAN),/$(SAN))
V ?=
Q := $(if $(V),,@)

# --- What the tree holds -----------------------------------------------------

ROOMS := capture attacker victim
ATTACKER_FOLDERS := attacker attacker/tls attacker/groups attacker/crypto attacker/leaks attacker/story

sources_capture := $(wildcard capture/*.c)
sources_attacker := $(wildcard $(addsuffix /*.c,$(ATTACKER_FOLDERS)))
sources_victim := $(wildcard victim/*.c)
# The long ones first, so that no processor waits for one of them at the end.
sources_tests := $(wildcard tests/end_to_end/*.c) $(wildcard tests/unit/*/*.c tests/unit/*/*/*.c)
sources_support := $(wildcard tests/support/*.c)
sources_fuzz := $(wildcard tests/fuzz/*.c)
sources_all := $(sources_capture) $(sources_attacker) $(sources_victim) $(sources_tests) $(sources_support) \
	$(sources_fuzz)
headers_all := $(wildcard $(addsuffix /*.h,capture victim $(ATTACKER_FOLDERS) tests/support tests/fuzz))

programs := $(addprefix $(BUILD)/keyfall-,$(ROOMS))
tests := $(sources_tests:tests/%.c=$(BUILD)/tests/%)
fuzz_targets := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(filter tests/fuzz/fuzz_%,$(sources_fuzz)))

# What a sanitizer is not asked about: these look for another answer of the same code, in what other
# programs say and in each row of a table, and would take as long there as all the others together.
answers_only := $(addprefix $(BUILD)/tests/end_to_end/test_,against_tshark every_suite gnutls_suites matrix peers)
tests_to_run = $(if $(SAN),$(filter-out $(answers_only),$(tests)),$(tests))

objects_of = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
archive_of = $(BUILD)/obj/$(1).a

# --- How it is compiled ------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wundef -Wvla \
	-Wcast-qual -Wcast-align -Wwrite-strings -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough \
	-Wnull-dereference -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	$(if $(WERROR),-Werror)
HARDENING := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
, := ,
SANITIZE := $(if $(filter address,$(SAN)),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(filter thread,$(SAN)),-fsanitize=thread) \
	$(if $(filter fuzz,$(SAN)),-fsanitize=fuzzer-no-link$(,)address$(,)undefined -fno-sanitize-recover=all)
CFLAGS ?= -O2 -g
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE -I. $(WARNINGS) $(CFLAGS) $(HARDENING) $(SANITIZE) $(PACKAGES_CFLAGS)
LINK = $(CC) -pie -Wl,-z,relro,-z,now $(CFLAGS) $(SANITIZE) $(LDFLAGS)

libraries_capture = $(LIBPCAP_LIBS)
libraries_attacker = $(JANSSON_LIBS) $(LIBCRYPTO_LIBS) $(LIBGCRYPT_LIBS) $(LIBPCAP_LIBS) $(ZLIB_LIBS) -lm
libraries_victim = $(LIBSSL_LIBS) $(LIBCRYPTO_LIBS) $(LIBPCAP_LIBS)
libraries_tests = $(CMOCKA_LIBS) $(libraries_attacker) $(LIBSSL_LIBS)

# --- What a newcomer types ---------------------------------------------------

.DELETE_ON_ERROR:
.PHONY: all demo test tests fuzz fixtures picture matrix lint warnings format clean help install FORCE
.DEFAULT_GOAL := all

all: $(programs) ## build the three programs

demo: $(programs) ## record, leak, attack: the whole story (STEP=1 waits, LIVE=1 records on lo)
	$(Q)KEYFALL_BUILD=$(BUILD) STEP='$(STEP)' LIVE='$(LIVE)' tools/demo.sh

test: $(programs) $(tests_to_run) ## build and run every test, and say how many passed
	$(Q)KEYFALL_BUILD=$(BUILD) tests/run.sh $(tests_to_run)

tests: $(tests) ## build the tests, and run none

fixtures: $(programs) ## record fixtures/ anew with the victim (the same bytes every time)
	$(Q)KEYFALL_BUILD=$(BUILD) fixtures/record.sh

picture: $(programs) ## draw docs/attack.svg anew, the terminal of the README
	$(Q)for kx in rsa dhe; do \
		echo "$$ keyfall-attacker -k server.key $$kx.pcap"; \
		$(BUILD)/keyfall-attacker -k fixtures/$$kx/server.key fixtures/$$kx/recording.pcap \
		| grep -v '^1 session' | sed '/User-Agent/,/Content-Length/c\            [...]' | sed '/Date:/,/Content-Length/c\            [...]'; \
	done | tools/picture.sh 'the same key opens the RSA recording and fails on the DHE one' > docs/attack.svg

# --- What a developer types --------------------------------------------------

# SAN=fuzz is clang's, and none of the sanitizers that the tests are run with.
SECONDS ?= 60
ifneq ($(SAN),fuzz)
fuzz: ## let each fuzz target look for crashes (SECONDS=60 each); needs clang
	$(Q)$(MAKE) --no-print-directory fuzz SAN=fuzz CC=clang CFLAGS='-O1 -g'
else
fuzz: $(fuzz_targets) $(BUILD)/make_seeds
	$(Q)KEYFALL_BUILD=$(BUILD) tests/fuzz/run.sh $(SECONDS) $(fuzz_targets)
endif

matrix: $(programs) ## try every leak on every key exchange; a table, and docs/matrix.* anew
	$(Q)KEYFALL_BUILD=$(BUILD) tools/matrix.sh > $(BUILD)/matrix
	$(Q)awk -f tools/matrix_svg.awk $(BUILD)/matrix > docs/matrix.svg
	$(Q)awk -f tools/matrix_text.awk $(BUILD)/matrix | tee docs/matrix.txt

lint: ## clang-format, clang-tidy, cppcheck and the house rules
	$(Q)WARNINGS='$(WARNINGS)' tools/lint.sh $(sources_all) -- $(headers_all)

warnings: ## what a compiler warns of, without building anything (CC=clang)
	$(Q)echo $(sources_all) | xargs -n 8 -P "$$(nproc)" $(COMPILE) -fsyntax-only

format: ## let clang-format write
	$(Q)clang-format -i $(sources_all) $(headers_all)

clean: ## remove what was built
	$(Q)rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

PREFIX ?= /usr/local
install: $(programs) ## install the programs (DESTDIR and PREFIX are heeded)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(programs) '$(DESTDIR)$(PREFIX)/bin'

# --- How ---------------------------------------------------------------------

# config.mk holds what pkg-config says. Making it is also the moment at which missing packages are
# noticed and installed; GNU make reads the file anew when, and only when, it has changed.
ifeq ($(filter help clean format lint,$(MAKECMDGOALS)),)
include $(BUILD)/config.mk
endif
$(BUILD)/config.mk: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)CC='$(CC)' tools/setup.sh build $(if $(filter test tests fuzz,$(MAKECMDGOALS)),test) $(filter fuzz,$(SAN))
	$(Q)tools/config.sh > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# A change of compiler or flags rebuilds; a second run with the same ones rebuilds nothing.
$(BUILD)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(COMPILE) | $(LINK)' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

define room
$(call archive_of,$(1)): $(call objects_of,$(filter-out $(1)/main.c,$(sources_$(1))))
	$$(Q)rm -f $$@
	$$(Q)ar rcs $$@ $$^

$(BUILD)/keyfall-$(1): $(BUILD)/obj/$(1)/main.o $(call archive_of,$(1)) $(call archive_of,capture)
	$$(if $$(V),,@echo '  LINK  $$@')
	$$(Q)$$(LINK) -o $$@ $$^ $$(libraries_$(1))
endef
$(foreach name,$(ROOMS),$(eval $(call room,$(name))))

$(call archive_of,support): $(call objects_of,$(sources_support))
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

archives_tests := $(foreach name,support attacker victim capture,$(call archive_of,$(name)))
$(tests): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(archives_tests)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LINK  $@')
	$(Q)$(LINK) -o $@ $^ $(libraries_tests)

$(fuzz_targets): LINKED_WITH := -fsanitize=fuzzer
$(fuzz_targets) $(BUILD)/make_seeds: $(BUILD)/%: $(BUILD)/obj/tests/fuzz/%.o $(archives_tests)
	$(if $(V),,@echo '  LINK  $@')
	$(Q)$(LINK) $(LINKED_WITH) -o $@ $^ $(libraries_tests)

-include $(patsubst %.c,$(BUILD)/obj/%.d,$(sources_all))
.SECONDARY:

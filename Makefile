# Ekbom: one Makefile, not recursive. `make help` lists the targets.
#
# Every folder is a library of its own, named after it, so that the symbol check (tests/lint) can
# hold each to the third-party library it may know. Variables for the command line: BUILD (where
# everything goes), CC, SAN=1 (AddressSanitizer and UndefinedBehaviorSanitizer), PREFIX, DESTDIR.

BUILD   ?= build
PREFIX  ?= /usr/local
ifeq ($(origin CC),default)
CC      := gcc
endif
CFLAGS  ?= -O2 -g
VERSION := $(shell cat VERSION)

PKGS_base    := jansson nettle icu-i18n icu-uc libzstd
PKGS_extract := libxml-2.0
PKGS_rules   := libpcre2-8
PKGS_store   := libzstd libxxhash libdeflate zlib jansson
PKGS_reader  := libseccomp
PKGS_fetch   := libcurl
PKGS_daemon  := libconfig libsystemd
PKGS         := $(PKGS_base) $(PKGS_extract) $(PKGS_rules) $(PKGS_store) $(PKGS_reader) $(PKGS_fetch) $(PKGS_daemon)

GOALS := $(or $(MAKECMDGOALS),all)
# What needs no compiler must not ask pkg-config, which a fresh machine does not have yet.
ifneq ($(filter-out deps demo check check-asan check-fresh check-systemd install clean help,$(GOALS)),)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   := $(shell pkg-config --libs $(PKGS)) -llmdb
endif

ifdef SAN
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -DEKBOM_VERSION='"$(VERSION)"' -DEKBOM_PREFIX='"$(PREFIX)"' \
	-Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wwrite-strings -Wmissing-prototypes \
	-Wstrict-prototypes -fno-common -fstack-protector-strong -MMD -MP \
	-Iinclude -I. $(SAN_FLAGS) $(CFLAGS)
ALL_LDFLAGS := $(SAN_FLAGS) $(LDFLAGS)

# One short line a file; `make V=1` shows the commands.
ifndef V
Q    := @
SAYS  = @printf '%-4s %s\n' $(1) $(2);
endif

objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(addsuffix /*.c,$(1))))

BASE    := $(call objects,base)
EXTRACT := $(call objects,daemon/extract)
RULES   := $(call objects,rules)
STORE   := $(call objects,store store/records store/index store/archive store/query store/relations store/statistics store/export store/dump)
FETCH   := $(call objects,daemon/fetch)
# ekbomd.c and service*.c are the program; the rest of the folder is the library that it shares with
# the command line.
SERVICE := $(BUILD)/daemon/ekbomd.o $(BUILD)/daemon/service.o $(BUILD)/daemon/service_disk.o
DAEMON  := $(filter-out $(SERVICE),$(call objects,daemon))
READER  := $(call objects,daemon/reader)
CLI     := $(call objects,cli)
LIBS    := $(BUILD)/libdaemon.a $(BUILD)/libfetch.a $(BUILD)/libextract.a $(BUILD)/librules.a $(BUILD)/libstore.a \
	$(BUILD)/libbase.a
UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))
# What the campaigns of tests/campaign run: programs, and what is loaded before the C library.
CAMPAIGN := $(addprefix $(BUILD)/campaign/,power_workload power_replay power_record.so fault.so no_locks.so flip ops \
	random_rules null_shift)

.PHONY: all unit campaign campaign-power campaign-flip campaign-faults campaign-ops campaign-rules campaign-null campaign-pack campaign-board campaign-seeds demo check check-run check-asan bench bench-run bench-index \
	bench-reader bench-queries bench-pack lint deps picture day check-fresh check-systemd install clean help
all: $(BUILD)/ekbom $(BUILD)/ekbomd $(BUILD)/ekbom-reader

$(BUILD)/libbase.a: $(BASE)
$(BUILD)/libextract.a: $(EXTRACT)
$(BUILD)/librules.a: $(RULES)
$(BUILD)/libstore.a: $(STORE)
$(BUILD)/libfetch.a: $(FETCH)
$(BUILD)/libdaemon.a: $(DAEMON)
$(BUILD)/%.a:
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(BUILD)/%.o: %.c VERSION
	@mkdir -p $(@D)
	$(call SAYS,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) -c $< -o $@

# The reader is linked with extract and rules only: it has no code that could reach a store.
$(BUILD)/ekbom-reader: $(READER) $(BUILD)/libextract.a $(BUILD)/librules.a $(BUILD)/libbase.a
	$(call SAYS,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ \
		$(shell pkg-config --libs $(PKGS_extract) $(PKGS_rules) $(PKGS_base) $(PKGS_reader)) -lm
$(BUILD)/ekbom: $(CLI) $(LIBS)
	$(call SAYS,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PKG_LIBS) -lm

$(BUILD)/ekbomd: $(SERVICE) $(LIBS)
	$(call SAYS,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PKG_LIBS) -lm

unit: $(UNIT)
$(BUILD)/tests/%: tests/unit/%.c $(filter-out $(BUILD)/daemon/reader/main.o,$(READER)) $(LIBS)
	@mkdir -p $(@D)
	$(call SAYS,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.o %.a,$^) -o $@ \
		$(PKG_LIBS) -lcmocka -lm
# What benches of the index share.
INDEX_BENCH := $(addprefix $(BUILD)/tests/bench/,posts.o fill.o questions.o)
$(BUILD)/bench/bench_index: $(INDEX_BENCH) $(addprefix $(BUILD)/tests/bench/,index_ingest.o \
	index_whole.o whole.o index_ask.o bare_log.o peers.o)
$(BUILD)/bench/make_store: $(INDEX_BENCH) $(BUILD)/tests/bench/whole.o
$(BUILD)/bench/reader_beside: $(INDEX_BENCH)
$(BUILD)/bench/bench_tag: $(addprefix $(BUILD)/tests/bench/,tag_rules.o english.o tag_hyperscan.o tag_re2.o)
$(BUILD)/bench/bench_retag: $(addprefix $(BUILD)/tests/bench/,tag_rules.o english.o)
$(BUILD)/bench/bench_tag: PKG_LIBS += -lre2 -lhs -lstdc++
$(BUILD)/tests/bench/tag_re2.o: tests/bench/tag_re2.cc
	@mkdir -p $(@D)
	$(call SAYS,CXX,$<)
	$(Q)$(CXX) -std=c++17 -O2 -Wall -Wextra -Werror -c $< -o $@
$(BUILD)/bench/%: tests/bench/%.c $(LIBS)
	@mkdir -p $(@D)
	$(call SAYS,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.o,$^) $(LIBS) -o $@ \
		$(PKG_LIBS) -lm

campaign: $(CAMPAIGN)
$(BUILD)/campaign/power_workload: $(addprefix $(BUILD)/tests/campaign/power_,workload.o board.o)
$(BUILD)/campaign/power_replay: $(addprefix $(BUILD)/tests/campaign/power_,replay.o check.o disk.o board.o)
# Never with a sanitizer: what comes before the C library comes before the sanitizer too. And always
# by gcc, whatever the programs are built by: clang's fault.so dies in a confined reader.
$(BUILD)/campaign/power_record.so: tests/campaign/power_record.c tests/campaign/power_log.h
$(BUILD)/campaign/fault.so: $(addprefix tests/campaign/fault,.c _calls.c .h)
$(BUILD)/campaign/no_locks.so: tests/campaign/no_locks.c
$(addprefix $(BUILD)/campaign/,power_record.so fault.so no_locks.so):
	@mkdir -p $(@D)
	$(call SAYS,TEST,$<)
	$(Q)gcc $(filter-out $(SAN_FLAGS) -MMD -MP,$(ALL_CFLAGS)) -fPIC -shared $(filter %.c,$^) -o $@
$(BUILD)/campaign/flip: $(addprefix $(BUILD)/tests/campaign/flip,.o _spots.o _answers.o)
$(BUILD)/campaign/ops: $(addprefix $(BUILD)/tests/campaign/ops,.o _model.o _store.o _compare.o)
$(BUILD)/campaign/random_rules: $(BUILD)/tests/campaign/random_rules.o
$(BUILD)/campaign/null_shift: $(BUILD)/tests/campaign/null_shift.o
$(addprefix $(BUILD)/campaign/,power_workload power_replay flip ops random_rules null_shift): $(LIBS)
	@mkdir -p $(@D)
	$(call SAYS,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(filter %.o,$^) $(LIBS) -o $@ $(PKG_LIBS) -lm

deps:
	@packaging/deps.sh build

demo:
	@packaging/deps.sh build
	@$(MAKE) --no-print-directory all
	@EKBOM_BUILD="$(abspath $(BUILD))" sample/demo.sh

check:
	@packaging/deps.sh check
	@$(MAKE) --no-print-directory check-run

check-run: all unit campaign
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/run

check-asan:
	@packaging/deps.sh check
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=1 CFLAGS='-O1 -g' check-run

bench:
	@packaging/deps.sh build bench
	@$(MAKE) --no-print-directory bench-run

bench-run: all $(filter-out %/bench_index,$(BENCHES))
	@for bench in $(filter-out %/bench_index,$(BENCHES)); do $$bench || exit 1; done
	@$(MAKE) --no-print-directory bench-index

bench-index: $(BUILD)/bench/bench_index
	@EKBOM_BENCH_PYTHON=$${EKBOM_BENCH_PYTHON:-$$(tests/bench/venv.sh $(BUILD)/bench/venv)} $<

bench-reader: $(BUILD)/bench/reader_beside
	@$<

bench-pack: all
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/bench/pack_files.py

bench-queries: all $(BUILD)/bench/make_store
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/bench/queries.sh

campaign-power: all campaign
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/campaign/power.sh

campaign-flip: all campaign
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/campaign/flip.sh
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/campaign/flip.sh --cut

campaign-ops: campaign
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/campaign/ops.sh
campaign-rules: $(BUILD)/campaign/random_rules
	@$<
campaign-null: $(BUILD)/campaign/null_shift
	@$<
campaign-pack: all
	@python3 tests/campaign/dead_lines.py $(BUILD)/ekbom rules/rls tests/campaign/cues.txt
campaign-board: all
	@python3 tests/campaign/board_recall.py $(BUILD)/ekbom
campaign-seeds: all
	@python3 tests/campaign/seeds.py $(BUILD)/ekbom
campaign-faults: all campaign
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/campaign/faults.sh

lint: all
	@EKBOM_BUILD="$(abspath $(BUILD))" tests/lint/run

# The outputs that ekbom-day(7) shows, of the sample data under the rules as they are: its commands
# are run, and lines that have another figure now are written anew.
day: all
	rm -rf $(BUILD)/day
	mkdir -p $(BUILD)/day/bin
	ln -s $(abspath $(BUILD))/ekbom $(BUILD)/day/bin
	ln -s $(abspath sample) $(BUILD)/day/sample
	-cd $(BUILD)/day && HOME=$$PWD PATH=$$PWD/bin:$$PATH LC_ALL=C.UTF-8 PAGER=cat NO_COLOR=1 \
		python3 $(abspath tests/cli/manual_commands.py) $(abspath packaging/man/ekbom-day.7) --update
	rm -rf $(BUILD)/day

# The README's picture, of the sample data under the rules as they are.
picture: all
	rm -rf $(BUILD)/picture
	$(BUILD)/ekbom --store $(BUILD)/picture import sample/sample.warc.gz
	$(BUILD)/ekbom --store $(BUILD)/picture timeline ppi bid dopamine inflammation --format svg >$(BUILD)/timeline.svg
	mv $(BUILD)/timeline.svg sample/timeline.svg
	rm -rf $(BUILD)/picture

check-fresh:
	@tests/check_fresh.sh

check-systemd:
	@packaging/deps.sh build
	@tests/check_systemd.sh

install:
	@$(MAKE) --no-print-directory all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/libexec/ekbom
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/man/,man1 man5 man7 man8)
	install -m 755 $(BUILD)/ekbom $(DESTDIR)$(PREFIX)/bin/ekbom
	install -m 755 $(BUILD)/ekbomd $(DESTDIR)$(PREFIX)/sbin/ekbomd
	install -m 755 $(BUILD)/ekbom-reader $(DESTDIR)$(PREFIX)/libexec/ekbom/ekbom-reader
	cd rules/rls && find . -name '*.rules' -exec \
		install -D -m 644 {} $(abspath $(DESTDIR)/)/$(PREFIX)/share/ekbom/rules/{} \;
	cd profiles && find . -name '*.profile' -exec \
		install -D -m 644 {} $(abspath $(DESTDIR)/)/$(PREFIX)/share/ekbom/profiles/{} \;
	install -D -m 644 packaging/completion/ekbom.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ekbom
	install -m 644 packaging/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 packaging/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 packaging/man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 packaging/man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -D -m 644 packaging/systemd/ekbomd.conf $(DESTDIR)$(PREFIX)/share/ekbom/ekbomd.conf
	install -D -m 644 packaging/systemd/ekbomd.sysusers \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d/ekbomd.conf
	install -d $(addprefix $(DESTDIR)$(PREFIX)/lib/,systemd/system tmpfiles.d)
	sed 's,/usr/sbin/,$(PREFIX)/sbin/,' packaging/systemd/ekbomd.service \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/ekbomd.service
	sed 's,/usr/share/,$(PREFIX)/share/,' packaging/systemd/ekbomd.tmpfiles \
		>$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/ekbomd.conf

clean:
	rm -rf $(BUILD)

help:
	@echo "make              build ekbom and ekbom-reader in $(BUILD)/"
	@echo "make demo         install what is missing, build, import the sample archive, show the shift"
	@echo "make check        install what is missing, build, run the tests"
	@echo "make check-asan   the same tests with AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make check-fresh  demo and check in a bare Debian 12 root (slow, needs root)"
	@echo "make check-systemd the service under a real systemd in a container (slow, needs root)"
	@echo "make lint         layers, symbols, style, static analysis"
	@echo "make bench        figures beside their peers (bench-index: those of the index only)"
	@echo "make bench-pack   what each file of the shipped rules costs"
	@echo "make bench-queries every query of the command line over ten million posts"
	@echo "make bench-reader a reader beside a writer, ten minutes"
	@echo "make campaign-power 10,000 losses of power replayed (some minutes)"
	@echo "make campaign-flip a byte changed at 1,000 places of a store, its files cut short (half an hour)"
	@echo "make campaign-ops 100,000 random operations with kills between, recounted (some minutes)"
	@echo "make campaign-rules the fast matcher beside the plain one, 10 million random pairs (some minutes)"
	@echo "make campaign-null shifts claimed where there is none, seen where there is one (a minute)"
	@echo "make campaign-seeds the rule pack on the documents beside the checkout"
	@echo "make campaign-board recall of the rule pack on the boards beside the checkout"
	@echo "make campaign-pack lines of the rule pack that no example needs (half a minute)"
	@echo "make campaign-faults every call refused once that the system can refuse (half an hour)"
	@echo "make picture      draw the README's picture anew (day: the figures of ekbom-day(7))"
	@echo "make deps         install from Debian what is missing to build"
	@echo "make install      to PREFIX=$(PREFIX), below DESTDIR"
	@echo "make clean        remove $(BUILD)/"

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

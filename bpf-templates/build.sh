#!/bin/sh
# Builds the committed object writ.bpf.o from its sources; with `--check`, only compares.
# Needs clang 19 and llvm-objcopy 19, the versions that the committed bytes were made with.
set -eu
cd "$(dirname "$0")"
output=writ.bpf.o
if [ "${1:-}" = --check ]; then
	output=$(mktemp)
	trap 'rm -f "$output"' EXIT
fi
"${CLANG:-clang-19}" -target bpf -mcpu=v3 -O2 -g -ffunction-sections -std=gnu11 \
	-Wall -Wextra -Werror -Wno-unused-function -nostdinc \
	-ffile-prefix-map="$PWD"=. -fdebug-compilation-dir=. \
	-c library.bpf.c -o "$output"
# DWARF goes; .BTF, .BTF.ext and the symbols stay.
"${LLVM_STRIP:-llvm-strip-19}" --strip-debug "$output"
if [ "$output" != writ.bpf.o ]; then
	cmp "$output" writ.bpf.o
fi

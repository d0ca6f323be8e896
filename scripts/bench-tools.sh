#!/bin/sh
# Installs the tools of the benchmark: wrk, which makes the load, and strace, which counts system calls.
set -eu

. scripts/debian.sh

for tool in wrk strace; do
    command -v "$tool" >/dev/null && continue
    install_debian "$tool" || {
        echo "The benchmark needs $tool: apt-get install $tool" >&2
        exit 1
    }
done

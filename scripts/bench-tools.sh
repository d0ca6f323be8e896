#!/bin/sh
# Installs what the benchmark needs beside Rust: wrk, which makes the load, and strace, which counts system calls.
set -eu

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

for tool in wrk strace; do
    command -v "$tool" >/dev/null && continue
    echo "installing $tool" >&2
    as_root apt-get update -qq >&2 && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$tool" >&2 || {
        echo "The benchmark needs $tool: apt-get install $tool" >&2
        exit 1
    }
done

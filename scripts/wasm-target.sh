#!/bin/sh
# Provides the standard library for wasm32-unknown-unknown, with which the component is built. Uses the first that works: the
# installed one, a download by rustup, a build from the sources in Debian's packages (once, about 70 s).
set -eu

target=wasm32-unknown-unknown

installed() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]
}

debian() {
    [ -x /usr/bin/rustc ] && [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library" ] &&
        { [ -x /usr/bin/wasm-ld ] || [ -x "$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld" ]; }
}

. scripts/debian.sh

installed && exit 0
if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && command -v rustup >/dev/null; then
    rustup target add "$target" && installed && exit 0
fi
debian && exit 0
if command -v apt-get >/dev/null; then
    install_debian rustc-web rust-web-src lld && debian && exit 0
fi
cat >&2 <<MESSAGE
The standard library for $target is missing and could not be installed. Install it by one of
  rustup target add $target
  apt-get install rustc-web rust-web-src lld      (Debian 12 or later)
and run make again.
MESSAGE
exit 1

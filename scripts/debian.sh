# Functions for the scripts that install tools: install Debian packages, check the version of Node.js.

# Installs these Debian packages. Writes nothing to standard output, which is for the results of the scripts.
install_debian() {
    echo "installing Debian's $*" >&2
    set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq >&2 && "$@" >/dev/null
    else
        sudo -n apt-get update -qq >&2 && sudo -n "$@" >/dev/null
    fi
}

# Succeeds if npm and at least this version of Node.js are installed: have_node MAJOR MINOR.
have_node() {
    command -v npm >/dev/null && node -e "
        const [major, minor] = process.versions.node.split('.').map(Number);
        process.exit(major > $1 || (major === $1 && minor >= $2) ? 0 : 1)" 2>/dev/null
}

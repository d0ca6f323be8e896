# Sourced by the scripts that install: Debian's packages, and which Node.js there is.

# Installs these packages of Debian's, and says so. Nothing of it goes to standard output, which is for what a script answers.
install_debian() {
    echo "installing Debian's $*" >&2
    set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq >&2 && "$@" >/dev/null
    else
        sudo -n apt-get update -qq >&2 && sudo -n "$@" >/dev/null
    fi
}

# Whether there is npm, and Node.js of that version or later: have_node MAJOR MINOR.
have_node() {
    command -v npm >/dev/null && node -e "
        const [major, minor] = process.versions.node.split('.').map(Number);
        process.exit(major > $1 || (major === $1 && minor >= $2) ? 0 : 1)" 2>/dev/null
}

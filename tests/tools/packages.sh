# packages.sh - to be read by `.`: installs Debian packages that are missing, and says which.
#
# As root, or as a user whom sudo lets be root. Where nothing is missing, nothing is run.

# What the programs need to be built; what their tests need beyond; what some tests can do without.
# shellcheck disable=SC2034
build_packages="gcc libc6-dev cmake ninja-build pkg-config libpcap-dev libnids-dev libglib2.0-dev \
libjansson-dev libyaml-dev zlib1g-dev libpcre2-dev libzstd-dev liblz4-dev liblzma-dev libbz2-dev"
# shellcheck disable=SC2034
test_packages="libcriterion-dev"
# shellcheck disable=SC2034
welcome_packages="tshark gzip zstd lz4 xz-utils bzip2 tcpreplay iproute2 tcpdump \
python3-junitparser libxml2-utils python3-fastjsonschema locales openssl"

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# quietly COMMAND... - what it says is shown only if it fails.
quietly() {
    if quietly_said=$("$@" </dev/null 2>&1); then
        return 0
    fi
    printf '%s\n' "$quietly_said" >&2
    return 1
}

apt_install() {
    quietly as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}

apt_update() {
    echo "updating the package lists" >&2
    quietly as_root apt-get update -qq
}

# need_packages PACKAGE... - true when all of them are there.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian system: taking for granted what these packages hold: $*" >&2
        return 0
    fi
    missing=
    for package; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "missing, and neither root nor sudo to install them with:$missing" >&2
        return 1
    fi
    echo "installing$missing" >&2
    # shellcheck disable=SC2086
    if ! apt-cache show $missing >/dev/null 2>&1; then
        apt_update || return 1
        apt_install $missing
    else # the lists may be out of date
        apt_install $missing || { apt_update && apt_install $missing; }
    fi
}

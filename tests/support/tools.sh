# What the tests in other languages need around them. For a POSIX shell to source, at the top of the
# checkout, once `name` says who speaks.

# Where Debian keeps `ip`, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "${CARGO_TARGET_DIR:-target}"
target=$(cd -- "${CARGO_TARGET_DIR:-target}" && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
    # shellcheck disable=SC2154 # whoever sources this sets it
    say "$name: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }
may_install() { is_root || { have sudo && sudo -n true 2>/dev/null; }; }
as_root() { if is_root; then "$@"; else sudo -n "$@"; fi; }

# need PROGRAM PACKAGE...
need() {
    program=$1
    shift
    if have "$program"; then return; fi
    if have apt-get && may_install; then
        say "$name: installing $*"
        as_root apt-get update -q
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    fi
    have "$program" || die "$program is not installed: on Debian, apt-get install $*"
}

# make_venv REQUIREMENTS: the folder `venv` with exactly that in it.
make_venv() {
    venv=$target/$name-venv
    if cmp -s "$1" "$venv/installed.txt"; then return; fi
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r "$1"
    cp "$1" "$venv/installed.txt"
}

# The server under test, unless AUREOLE_BIN names one.
build_server() {
    if [ -n "${AUREOLE_BIN:-}" ]; then return; fi
    cargo build --locked --quiet --bin aureole
    AUREOLE_BIN=$target/debug/aureole
}

# A network, and processes, of the tests' own: the end of the first process ends all of them.
choose_namespace() {
    need ip iproute2
    have unshare || die 'unshare (util-linux) is not installed, and without it there is no network namespace'
    if is_root; then
        set -- unshare
    else
        set -- unshare --user --map-current-user --keep-caps
    fi
    set -- "$@" --net --ipc --pid --fork --kill-child --mount-proc
    "$@" true 2>/dev/null || die 'cannot make a network namespace, so that nothing of these tests reaches' \
        'the outside: run them as root, or allow user namespaces'
    namespace=$*
}

end() {
    status=$?
    trap - EXIT HUP INT TERM
    if [ -n "$inside" ]; then
        # Politely first, to the process in the namespace: pytest stops what it has started.
        first=$(cat "/proc/$inside/task/$inside/children" 2>/dev/null || true)
        # shellcheck disable=SC2086 # numbers
        kill -TERM ${first:-"$inside"} 2>/dev/null || true
        (sleep 30 && kill -KILL ${first:-"$inside"}) 2>/dev/null &
        watch=$!
        wait "$inside" 2>/dev/null || true
        kill "$watch" 2>/dev/null || true
    fi
    rm -rf "$folder"
    exit "$status"
}

# run_pytest ARGUMENTS: in the namespace, over tests/$name, with a folder for what the tests leave.
run_pytest() {
    # Not TMPDIR: it may be closed to the account that PostgreSQL runs as.
    folder=$(mktemp -d "/tmp/aureole-$name-XXXXXX")
    chmod 755 "$folder"
    inside=
    trap end EXIT
    trap 'exit 1' HUP INT TERM
    export AUREOLE_BIN TESTS_FOLDER="$folder" PYTHONDONTWRITEBYTECODE=1
    unset DATABASE_URL ADMIN_CLIENT_ID ADMIN_CLIENT_SECRET PUBLIC_URL http_proxy https_proxy HTTP_PROXY \
        HTTPS_PROXY all_proxy ALL_PROXY
    # Files and folders among the arguments stand instead of all tests.
    tests=tests/$name
    for argument; do
        if [ -e "${argument%%::*}" ]; then tests=; fi
    done
    # shellcheck disable=SC2086 # words of a command
    $namespace sh -c 'ip link set lo up && exec "$@"' "$name" "$venv/bin/python" -m pytest -q \
        -p no:cacheprovider $tests "$@" &
    inside=$!
    status=0
    wait "$inside" || status=$?
    inside=
    exit "$status"
}

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds, tries and installs Bartizan: ./install.sh --help
set -eu
here=$(dirname "$(readlink -f -- "$0")")

usage() {
  cat <<'END'
usage: ./install.sh demo [--keep DIR] [--json]    the whole story on real parts, on this machine alone
       ./install.sh test [--systemd] [--coverage] every test (mvn verify)
       ./install.sh bench [NAME]                  the benchmarks (start, delta, power-cuts, simulate, verify), beside the peers they name
       ./install.sh build                         dist/: what ships, running from wherever it is copied to
  sudo ./install.sh [--root DIR] [--config FILE]  install on this device, and start the daemon
  sudo ./install.sh uninstall [--root DIR] [--purge]
                                                  take it away; state, keys and configuration only with --purge

Packages of the distribution that are missing are installed first (as root); nothing else is downloaded
except what Maven needs to build. Every one of these can be run again.

  --keep DIR     leave the demo's device, fleet and repository in DIR
  --systemd      and the units under a real systemd, in a container that is made once (as root, some minutes)
  --coverage     and say at the end how much of each module the tests of this process ran
  --json         the demo's result as one JSON document on stdout
  --root DIR     install below DIR, a file system that is not running: nothing is started, no user is made
  --config FILE  becomes /etc/bartizan/agent.toml; without it the present one stays
END
}

say() { echo "$*" >&2; }

die() {
  status=$1
  shift
  echo "install.sh: $*" >&2
  exit "$status"
}

# ---------------------------------------------------------------------------------------------- packages

# have PACKAGE: is it there, as a package or as the commands it is needed for?
have() {
  case $1 in
    openjdk-17-jdk-headless) java_is_enough javac ;;
    openjdk-17-jre-headless) java_is_enough java ;;
    maven) command -v mvn ;;
    swtpm) command -v swtpm ;;
    swtpm-tools) command -v swtpm_setup ;;
    softhsm2) command -v softhsm2-util ;;
    tpm2-tools) command -v tpm2_checkquote ;;
    mosquitto) command -v mosquitto || [ -x /usr/sbin/mosquitto ] ;;
    mosquitto-clients) command -v mosquitto_pub ;;
    nginx-light) command -v nginx || [ -x /usr/sbin/nginx ] ;;
    systemd) command -v systemd-analyze ;;
    systemd-container) command -v systemd-nspawn ;;
    debootstrap) [ -x /usr/sbin/debootstrap ] ;;
    procps) command -v pgrep ;;
    postgresql) ls /usr/lib/postgresql/*/bin/postgres ;;
    time) [ -x /usr/bin/time ] ;;
    libopenblas0-pthread) ls /usr/lib/*/openblas-pthread/libblas.so.3 ;;
    python3-torch | python3-onnx | python3-numpy) /usr/bin/python3 -c "import ${1#python3-}" ;;
    ca-certificates) [ -e /etc/ssl/certs/ca-certificates.crt ] ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

# java_is_enough TOOL: is there one of 17 or newer, in JAVA_HOME or on the PATH?
java_is_enough() {
  tool=${JAVA_HOME:+$JAVA_HOME/bin/}$1
  command -v "$tool" >/dev/null 2>&1 || return 1
  version=$("$tool" -version 2>&1 | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p' | head -n 1)
  [ "${version:-0}" -ge 17 ]
}

# need PACKAGE...: installs those that are missing.
need() {
  missing=
  for package; do
    have "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  command -v apt-get >/dev/null 2>&1 || die 3 "please install$missing: there is no apt-get here"
  # shellcheck disable=SC2086  # packages are words
  packages $missing
  for package; do
    have "$package" || die 3 "the package $package is installed, but what it is needed for is not there"
  done
}

packages() {
  as_root apt-get update -q >&2 || say "apt-get update failed; trying with the package lists that are here"
  without_starting_services as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@" >&2 ||
    die 3 "cannot install$missing"
}

# A broker and a web server are wanted as programs, not as services that would hold their ports. Debian asks
# policy-rc.d before it starts anything; one that is there already has its own reasons and stays.
without_starting_services() {
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  trap 'as_root rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  result=0
  "$@" || result=$?
  as_root rm -f "$policy"
  trap - EXIT HUP INT TERM
  return "$result"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die 3 "root is needed to install packages: $*"
  fi
}

need_build() { need ca-certificates openjdk-17-jdk-headless maven; }

need_parts() { need swtpm swtpm-tools softhsm2 tpm2-tools mosquitto mosquitto-clients nginx-light openssl curl faketime; }

# What tests besides run the program under: a watcher, other shells, a systemd of its own.
need_tests() { need systemd systemd-container debootstrap procps strace busybox dash postgresql; }

# need_bench NAME: the peers, and what trains the models that differences are measured on.
need_bench() {
  case $1 in
    delta | all) need python3-torch python3-onnx python3-numpy libopenblas0-pthread bsdiff xdelta3 zstd casync time ;;
  esac
}

# ---------------------------------------------------------------------------------------------- source tree

in_source() {
  [ -f "$here/pom.xml" ] || die 2 "$1 needs the source tree; this is a distribution: $here"
}

build() {
  in_source build
  need_build
  say "building dist/ (the first time takes some minutes)"
  (cd "$here" && mvn -B -q package -DskipTests) >&2 || die 1 "the build failed"
  say "built $here/dist"
}

# The build again unless nothing that goes into it is newer than what it made.
build_when_needed() {
  made=$here/systemtest/target/class-path
  if [ -x "$here/dist/bin/bartizan" ] && [ -f "$made" ] && [ -z "$(sources_newer_than "$made")" ]; then
    return 0
  fi
  build
}

sources_newer_than() {
  cd "$here"
  find pom.xml ./*/pom.xml ./*/src/main ./*/src/dist systemtest/dist.xml systemd install.sh -type f -newer "$1" | head -n 1
}

# systemtest CLASS [ARGUMENT]...
systemtest() {
  in_source "${command:-demo}"
  need_build
  need_parts
  build_when_needed
  class=$1
  shift
  # The model runtime in the benchmarks' own process is as silent as the daemon's.
  export ORT_DISABLE_TELEMETRY=1
  exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" "-Dbartizan.dist=$here/dist" "-Dbartizan.source=$here" \
    -cp "$(cat "$here/systemtest/target/class-path")" "dev.bartizan.systemtest.$class" "$@"
}

run_tests() {
  in_source test
  need_build
  need_parts
  need_tests
  cd "$here"
  rm -f "$here"/*/target/not-run
  result=0
  mvn -B verify ${profile:+"-P$profile"} ${coverage:+-Pcoverage} || result=$?
  [ -z "$coverage" ] || say_coverage
  left=$(not_run)
  if [ -n "$left" ]; then
    say "not run here: $(echo "$left" | wc -l)"
    echo "$left" | sed 's/^/  /' >&2
  fi
  return "$result"
}

# What JaCoCo counted, a line for each module; in which classes is in the report beside it.
say_coverage() {
  report=$here/systemtest/target/coverage
  [ -f "$report/jacoco.csv" ] || {
    say "no coverage: the build ended before its report"
    return
  }
  say "lines that tests ran (systemtest/target/coverage/index.html):"
  awk -F, 'NR > 1 { n = $1; sub(/.*\//, "", n); missed[n] += $8; run[n] += $9 }
    END { for (n in run) printf "  %-22s %6d of %6d, %3d %%\n", n, run[n], run[n] + missed[n], 100 * run[n] / (run[n] + missed[n]) }' \
    "$report/jacoco.csv" | sort >&2
}

# What no test of this run tried, a line each; tests that lack something leave theirs in target/not-run.
not_run() {
  cat "$here"/*/target/not-run 2>/dev/null || true
  [ -n "$profile" ] || {
    echo "SystemdIT: the units under a real systemd: ./install.sh test --systemd"
    echo "OperationsPageIT: docs/operations.md, command by command: ./install.sh test --systemd"
  }
}

# ---------------------------------------------------------------------------------------------- this device

# Where the distribution is: this directory, when it is one, or dist/ below the source.
distribution() {
  if [ -f "$here/lib/device.list" ]; then
    dist=$here
  else
    dist=$here/dist
    build_when_needed
  fi
}

must_be_root() {
  [ "$(id -u)" = 0 ] || [ -n "$root" ] || die 3 "$1 needs root: sudo ./install.sh"
}

# systemd runs here, and what is installed is this system.
systemd_runs() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

# put MODE FILE... DIRECTORY
put() {
  mode=$1
  shift
  install -m "$mode" -- "$@"
}

install_device() {
  must_be_root install
  distribution
  [ -n "$root" ] || need openjdk-17-jre-headless
  lay_program
  lay_system_files
  lay_configuration
  if systemd_runs; then
    start_daemon
  elif [ -n "$root" ]; then
    say "nothing started: $root is not the running system"
  else
    say "nothing started: systemd does not run here"
  fi
}

# The program is laid beside the old one and takes its place in one rename, jars of both never mixed.
lay_program() {
  lib=$root/usr/lib/bartizan
  new=$lib.new
  rm -rf "$new" "$lib.old"
  install -d -m 755 "$root/usr/bin" "$new/bin" "$new/lib"
  put 755 "$dist/bin/bartizan" "$new/bin"
  put 644 "$dist/lib/launch.sh" "$dist/lib/versions.sh" "$dist/lib/device.list" "$new/lib"
  while read -r jar; do
    put 644 "$dist/lib/$jar" "$new/lib"
  done <"$dist/lib/device.list"
  machine=$(uname -m)
  if [ -d "$dist/lib/native/$machine" ]; then
    install -d -m 755 "$new/lib/native" "$new/lib/native/$machine"
    put 644 "$dist/lib/native/$machine"/* "$new/lib/native/$machine"
  fi
  # What was installed last is to run, and not what the daemon had updated itself to before: its launcher sees by this
  # that the program is another one. From here nothing is touched below a directory that the daemon may write.
  (cd "$new" && find bin lib -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -d ' ' -f 1) >"$new/build"
  chmod 644 "$new/build"
  if [ -d "$lib" ]; then mv "$lib" "$lib.old"; fi
  mv "$new" "$lib"
  rm -rf "$lib.old"
  ln -sfn ../lib/bartizan/bin/bartizan "$root/usr/bin/bartizan"
  say "installed $lib and $root/usr/bin/bartizan"
}

lay_system_files() {
  for pair in \
    bartizan.service:usr/lib/systemd/system \
    bartizan-eventlog.service:usr/lib/systemd/system \
    bartizan.sysusers:usr/lib/sysusers.d/bartizan.conf \
    bartizan.tmpfiles:usr/lib/tmpfiles.d/bartizan.conf \
    60-bartizan-tpm.rules:usr/lib/udev/rules.d; do
    target=$root/${pair#*:}
    case $target in
      *.conf) install -d -m 755 "${target%/*}" ;;
      *) install -d -m 755 "$target" ;;
    esac
    put 644 "$dist/systemd/${pair%%:*}" "$target"
  done
  say "installed units, user, directories and the TPM's udev rule"
}

lay_configuration() {
  install -d -m 755 "$root/etc/bartizan"
  target=$root/etc/bartizan/agent.toml
  if [ -n "$config" ]; then
    put 644 "$config" "$target"
    say "installed $target from $config"
  elif [ -f "$target" ]; then
    say "kept $target"
  else
    put 644 "$dist/etc/agent.toml" "$target"
    say "installed $target: say there where your repository and your fleet are"
  fi
}

start_daemon() {
  systemd-sysusers bartizan.conf
  systemd-tmpfiles --create bartizan.conf
  if udevadm control --reload 2>/dev/null; then udevadm trigger --subsystem-match=tpmrm; fi
  systemctl daemon-reload
  systemctl enable -q bartizan.service
  if [ -f /etc/bartizan/root.json ] && is_enrolled; then
    systemctl restart bartizan.service || die 3 "the daemon did not start: journalctl -u bartizan"
    say "bartizan runs: bartizan status"
  else
    if [ -f /etc/bartizan/root.json ]; then
      say "enabled, not started: this device is not enrolled yet:"
    else
      say "enabled, not started: put your fleet's root.json and fleet-ca.pem into /etc/bartizan, then"
    fi
    say "  sudo -u bartizan bartizan enroll --server URL --token-file FILE"
    say "  sudo systemctl start bartizan"
  fi
}

# is_enrolled: are there certificates where the configuration has its state?
is_enrolled() {
  state=$(sed -n 's/^[[:space:]]*state_directory[[:space:]]*=[[:space:]]*"\([^"]*\)".*/\1/p' /etc/bartizan/agent.toml)
  [ -f "${state:-/var/lib/bartizan}/credentials.json" ]
}

uninstall_device() {
  must_be_root uninstall
  if systemd_runs && [ -f /usr/lib/systemd/system/bartizan.service ]; then
    systemctl disable -q --now bartizan.service bartizan-eventlog.service || true
  fi
  # Of a system that does not run, nobody but us takes the links away that enabled it.
  for wanted in "$root"/etc/systemd/system/*.wants; do
    rm -f "$wanted/bartizan.service" "$wanted/bartizan-eventlog.service"
  done
  rm -rf "$root/usr/lib/bartizan" "$root/usr/lib/bartizan.new" "$root/usr/lib/bartizan.old"
  rm -f "$root/usr/bin/bartizan" \
    "$root/usr/lib/systemd/system/bartizan.service" "$root/usr/lib/systemd/system/bartizan-eventlog.service" \
    "$root/usr/lib/sysusers.d/bartizan.conf" "$root/usr/lib/tmpfiles.d/bartizan.conf" \
    "$root/usr/lib/udev/rules.d/60-bartizan-tpm.rules"
  if systemd_runs; then systemctl daemon-reload; fi
  if [ "$purge" = yes ]; then
    rm -rf "$root/etc/bartizan" "$root/var/lib/bartizan"
    say "removed program, configuration, state and keys"
  else
    say "removed the program; /etc/bartizan and /var/lib/bartizan stay (--purge removes them)"
  fi
}

# ---------------------------------------------------------------------------------------------- command line

root=
config=
purge=no

# value OPTION ARGUMENTS-LEFT
value() { [ "$2" -ge 2 ] || die 2 "$1 needs a value (--help)"; }

device_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --root)
        value "$1" $#
        [ -d "$2" ] || die 2 "--root: there is no such directory: $2"
        root=$(readlink -f -- "$2")
        [ "$root" != / ] || root=
        shift 2
        ;;
      --config)
        value "$1" $#
        [ -f "$2" ] || die 2 "--config: there is no such file: $2"
        config=$2
        shift 2
        ;;
      --purge)
        purge=yes
        shift
        ;;
      *) die 2 "unknown: $1 (--help)" ;;
    esac
  done
}

none_left() { [ $# = 0 ] || die 2 "unknown: $1 (--help)"; }

command=${1:-}
case $command in
  -h | --help | help) usage ;;
  demo | bench)
    shift
    case $command in
      demo) systemtest Demo "$@" ;;
      bench)
        need_bench "${1:-all}"
        systemtest Bench "$@"
        ;;
    esac
    ;;
  test)
    shift
    profile=
    coverage=
    for option; do
      case $option in
        --systemd) profile=systemd ;;
        --coverage) coverage=yes ;;
        *) die 2 "unknown: $option (--help)" ;;
      esac
    done
    run_tests
    ;;
  build)
    shift
    none_left "$@"
    build
    ;;
  uninstall)
    shift
    device_options "$@"
    uninstall_device
    ;;
  '' | -*)
    device_options "$@"
    install_device
    ;;
  *) die 2 "unknown: $command (--help)" ;;
esac

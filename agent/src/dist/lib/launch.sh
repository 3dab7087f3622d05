# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154  # home and flags come from bin/*
# Starts a command of this distribution on the Java that is there. Read by bin/*, which set `home` (where the
# distribution lies) and `flags` (the JVM's, beside those that every command gets).
# Forks little: this is part of every start of the daemon.

# launch LIST MAIN [ARGUMENT]...: becomes MAIN on the class path that lib/LIST.list names.
launch() {
  list=$1
  main=$2
  shift 2
  # Anybody who can set one of these could load code into a process that holds keys.
  unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH
  # The model runtime reads it while it loads: else it makes files in the home directory and asks for a host of its maker.
  export ORT_DISABLE_TELEMETRY=1
  # In any other locale the JVM cannot open a path that is not ASCII.
  export LC_ALL=C.UTF-8
  find_java
  find_jars
  set -- -cp "$jars" "$main" "$@"
  # Whatever the caller allowed: a core would hold keys and weights. The daemon makes sure of it again.
  # shellcheck disable=SC3045  # dash has it
  ulimit -c 0
  native=$home/lib/native/$(uname -m)
  if [ -d "$native" ]; then
    # From here instead of being copied out of a jar into /tmp at every start. On an architecture that has none
    # here each library looks into its jar, as it always would.
    set -- \
      "-Djava.library.path=$native" \
      "-Donnxruntime.native.path=$native" \
      -Dcom.amazon.corretto.crypto.provider.useExternalLib=true \
      "-Djna.boot.library.path=$native" \
      -Djna.nounpack=true \
      "$@"
  fi
  # Out of memory, some threads die and others go on: a process that ends is started again.
  # A heap dump, a core, a crash report with its stack, an attached tool or the counters in /tmp would show keys and
  # weights to others.
  # The native cipher gives its context back, wiped, after each chunk instead of when it is garbage collected.
  # The JVM's own messages go to stderr: stdout belongs to the command.
  # shellcheck disable=SC2086  # flags are words
  exec "$java" \
    -XX:+ExitOnOutOfMemoryError \
    -XX:+DisableAttachMechanism -XX:-UsePerfData -XX:-HeapDumpOnOutOfMemoryError -XX:-CreateCoredumpOnCrash \
    -XX:ErrorFile=/dev/null -Xlog:disable -Xlog:all=error:stderr \
    -Dcom.amazon.corretto.crypto.provider.nativeContextReleaseStrategy=EAGER \
    -Djava.awt.headless=true -Dfile.encoding=UTF-8 "-Dbartizan.home=$home" $flags "$@"
}

cannot() {
  echo "${0##*/}: $1" >&2
  exit 3
}

# Sets `java`, from JAVA_HOME or else the PATH; 17 or newer.
find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || cannot "JAVA_HOME has no bin/java: $JAVA_HOME"
  else
    java=$(command -v java) || cannot "Java 17 or newer is needed and there is none: apt-get install openjdk-17-jre-headless"
  fi
  java_version
  case ${version%%[!0-9]*} in
    '' | [0-9] | 1[0-6]) cannot "Java 17 or newer is needed; $java is ${version:-of an unknown version}" ;;
  esac
}

# Sets `version` from the file that every JDK carries: asking the JVM would take as long as some commands do.
java_version() {
  version=
  release=$(readlink -f -- "$java")
  release=${release%/bin/java}/release
  if [ -r "$release" ]; then
    while IFS='=' read -r key value; do
      [ "$key" = JAVA_VERSION ] || continue
      version=${value#\"}
      version=${version%\"}
    done <"$release"
  fi
  [ -n "$version" ] || version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
}

find_jars() {
  jars=
  while read -r jar; do
    jars=$jars${jars:+:}$home/lib/$jar
  done <"$home/lib/$list.list"
}

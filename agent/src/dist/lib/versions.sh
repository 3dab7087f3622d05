# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Chooses which version of the agent the daemon is. Read by bin/bartizan of the installation, which belongs to root; the
# versions and the record of them belong to the daemon's user, so nobody else ever runs them: systemd alone sets
# STATE_DIRECTORY, and other commands always are the installed version's.
#
# The record is counted up, durably, before a version is started. After three starts without the agent having called
# itself healthy the version before it is started instead, and behind that the installed one. A version on trial also
# has its time: a hung one is ended from here.
#
# Nothing below the state directory runs before the installed version has found it to be what was signed and has
# measured it: who can write there must not choose what runs. Whatever the record says or does to the shell that reads
# it, the installed version is what is started then.

tries_max=3

# The longest record there is has fewer bytes.
record_max=256

# What `check-slot` says when the files are not the signed ones. The JVM's own trouble ends in other codes.
not_as_signed=10

# become_version ARGUMENT...: starts the version that is to be tried or was committed. Returns when that is the
# installed one.
become_version() {
  [ -n "${STATE_DIRECTORY:-}" ] || return 0
  versions=$STATE_DIRECTORY/software
  # Where nobody ever updated the agent, nothing is forked here.
  [ -f "$versions/launch" ] || return 0
  # In a shell of its own, which may die of what it reads.
  chosen=$(choose 2>/dev/null) || return 0
  case $chosen in
    'a kept' | 'b kept' | 'a trial '[0-9]* | 'b trial '[0-9]*) ;;
    *) return 0 ;;
  esac
  slot=${chosen%% *}
  verified=0
  verify "$@" || verified=$?
  if [ "$verified" != 0 ]; then
    [ "$verified" != "$not_as_signed" ] || (refuse) 2>/dev/null || true
    return 0
  fi
  case $chosen in *trial*) guard "${chosen##* }" ;; esac
  export BARTIZAN_SLOT="$slot"
  exec /bin/sh "$versions/$slot/bin/bartizan" "$@"
}

# Prints what is to be started, having counted that; fails when that is the installed version.
choose() {
  LC_ALL=C
  read_record || return 1
  made_over_this || return 1
  count_start
  [ "$slot" != base ] || return 1
  if [ "$state" = trial ]; then echo "$slot trial $seconds"; else echo "$slot kept"; fi
}

# made_over_this: fails where the installation is another one than the record was made over, and lets the record begin
# anew: what root installed last is to run. Root leaves that to us, who may do no harm here: it would have to trust paths
# that belong to the daemon. An installation without a build, or a record without one, is taken as it is.
made_over_this() {
  build='' over=''
  [ -r "$home/build" ] && read -r build <"$home/build" || return 0
  if [ -f "$versions/over" ] && [ ! -h "$versions/over" ]; then read -r over <"$versions/over" || true; fi
  [ "$over" != "$build" ] || return 0
  if [ -n "$over" ]; then
    slot=base before=base state=kept tries=0 seconds=0 fallen=none
    write_record || return 1
  fi
  {
    echo "$build" >"$versions/over.new" &&
      sync "$versions/over.new" &&
      mv -f "$versions/over.new" "$versions/over" &&
      sync "$versions"
  } 2>/dev/null || true
  [ -z "$over" ]
}

count_start() {
  if [ "$slot" = base ]; then
    return 0
  elif [ "$tries" -ge "$tries_max" ]; then
    give_up
    write_record || true
  else
    tries=$((tries + 1))
    # What cannot be counted must not be tried. What was healthy before may be started on a full disk all the same.
    if ! write_record && [ "$state" = trial ]; then give_up; fi
  fi
}

give_up() {
  fallen=$slot
  slot=$before
  if [ "$slot" = "$fallen" ] || ! is_complete "$slot"; then slot=base; fi
  before=base state=kept tries=1 seconds=0
}

# The mark is written last. What is chosen without one is refused by `verify`, which says so.
is_complete() { [ "$1" = base ] || [ -s "$versions/$1/release" ]; }

# verify "run" ARGUMENT...: has the installed version compare each file of the slot with its signed manifest and measure
# it. What it says goes to stderr, and into the state directory, for the daemon to tell.
verify() {
  shift
  (
    # shellcheck disable=SC2034  # for launch
    flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'
    launch device dev.bartizan.agent.cli.Main check-slot "$slot" "$STATE_DIRECTORY" "$@"
  ) >/dev/null </dev/null || return $?
  # A shell ends with 2 where it cannot read on, and systemd would take that for the end of all tries.
  for script in "$versions/$slot/bin/bartizan" "$versions/$slot/lib"/*.sh; do
    [ ! -f "$script" ] || /bin/sh -n "$script" || return "$not_as_signed"
  done
}

# What is not as it was signed is not started again, and neither is what it replaced: the installed version it is.
refuse() {
  LC_ALL=C
  refused=$slot
  read_record && [ "$slot" = "$refused" ] || return 0
  before=base
  give_up
  write_record
}

# guard SECONDS: ends this process, whatever it has become by then, when the trial takes too long.
guard() {
  tried=$slot
  began=$(started "$$")
  (
    exec >/dev/null 2>&1 </dev/null
    sleep "$1"
    if read_record && [ "$slot $state" = "$tried trial" ] && [ "$(started "$$")" = "$began" ]; then
      tries=$tries_max
      write_record || true
      kill -9 "$$"
    fi
  ) &
}

# started PID: when, in the kernel's ticks; a number that comes again belongs to another process.
started() {
  read -r line <"/proc/$1/stat" || return 0
  # shellcheck disable=SC2086  # fields are words
  set -- ${line##*) }
  shift 19
  echo "$1"
}

# read_record: sets slot, before, state, tries, seconds and fallen; fails unless there is one, to the byte as
# write_record and the agent write it.
read_record() {
  lines=0 slot='' before='' state='' tries='' seconds='' fallen=''
  [ -f "$versions/launch" ] && [ ! -h "$versions/launch" ] || return 1
  # However long the file is.
  size=$(head -c $((record_max + 1)) "$versions/launch" | wc -c) || return 1
  [ "$size" -le "$record_max" ] || return 1
  while IFS=' ' read -r key value; do
    lines=$((lines + 1))
    case $lines$key in
      1bartizan-launch) [ "$value" = 1 ] || return 1 ;;
      2slot) slot=$value ;;
      3before) before=$value ;;
      4state) state=$value ;;
      5tries) tries=$value ;;
      6seconds) seconds=$value ;;
      7fallen) fallen=$value ;;
      8end) ;;
      *) return 1 ;;
    esac
  done <"$versions/launch"
  case $slot:$before in
    base:base | base:a | base:b | a:base | a:b | b:base | b:a) ;;
    *) return 1 ;;
  esac
  case $state$fallen in
    trialnone | keptnone | kepta | keptb) ;;
    *) return 1 ;;
  esac
  is_count "$tries" && is_count "$seconds" || return 1
  compose_record
  # Spaces, zero bytes and half lines, all of which `read` overlooks.
  [ "$lines" = 8 ] && [ "$size" -eq $((${#text} + 1)) ]
}

# Six digits, the first of several not 0: what every shell takes for the same number.
is_count() {
  case $1 in
    '' | *[!0-9]* | 0?* | ???????*) return 1 ;;
  esac
}

compose_record() {
  text="bartizan-launch 1
slot $slot
before $before
state $state
tries $tries
seconds $seconds
fallen $fallen
end"
}

# write_record: replaces the record by what is set; the new one or the old one is there whenever the power fails.
write_record() {
  compose_record
  {
    # Whatever has the name: a pipe would never end, a link would lead away.
    rm -rf "$versions/launch.new" &&
      echo "$text" >"$versions/launch.new" &&
      sync "$versions/launch.new" &&
      [ "$(cat "$versions/launch.new")" = "$text" ] &&
      mv -f "$versions/launch.new" "$versions/launch" &&
      sync "$versions"
  } 2>/dev/null
}

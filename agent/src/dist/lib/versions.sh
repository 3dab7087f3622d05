# shellcheck shell=sh
# Chooses which version of the agent the daemon is. Read by bin/bartizan of the installation, which belongs to root; the
# versions and the record of them belong to the daemon's user, so nobody else ever runs them: systemd alone sets
# STATE_DIRECTORY, and other commands always are the installed version's.
#
# The record is counted up, durably, before a version is started. After three starts without the agent having called
# itself healthy the version before it is started instead, and behind that the installed one. A version on trial also
# has its time: a hung one is ended from here.

tries_max=3

# become_version ARGUMENT...: starts the version that is to be tried or was committed. Returns when that is the
# installed one.
become_version() {
  [ -n "${STATE_DIRECTORY:-}" ] || return 0
  versions=$STATE_DIRECTORY/software
  read_record || return 0
  count_start
  [ "$slot" != base ] || return 0
  [ "$state" != trial ] || guard
  export BARTIZAN_SLOT="$slot"
  exec /bin/sh "$versions/$slot/bin/bartizan" "$@"
}

count_start() {
  if [ "$slot" = base ]; then
    return 0
  elif [ "$tries" -ge "$tries_max" ] || ! is_complete "$slot"; then
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

# The mark is written last.
is_complete() { [ "$1" = base ] || [ -s "$versions/$1/release" ]; }

# Ends this process, whatever it has become by then, when the trial takes too long.
guard() {
  tried=$slot
  began=$(started "$$")
  (
    exec >/dev/null 2>&1 </dev/null
    sleep "$seconds"
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

# read_record: sets slot, before, state, tries, seconds and fallen; fails when there is none or it is damaged.
read_record() {
  lines=0 slot='' before='' state='' tries='' seconds='' fallen='' last=''
  [ -r "$versions/launch" ] || return 1
  while read -r key value; do
    lines=$((lines + 1))
    last=$key
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
  case $tries$seconds in
    *[!0-9]*) return 1 ;;
  esac
  [ "$last" = end ] && [ -n "$tries" ] && [ -n "$seconds" ]
}

# write_record: replaces the record by what is set; the new one or the old one is there whenever the power fails.
write_record() {
  text="bartizan-launch 1
slot $slot
before $before
state $state
tries $tries
seconds $seconds
fallen $fallen
end"
  {
    echo "$text" >"$versions/launch.new" &&
      sync "$versions/launch.new" &&
      [ "$(cat "$versions/launch.new")" = "$text" ] &&
      mv -f "$versions/launch.new" "$versions/launch" &&
      sync "$versions"
  } 2>/dev/null
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import dev.bartizan.systemtest.machine.Footprint.Act;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What strace saw, as acts on places. */
final class Watcher {
  /** Attaches itself beside what it watches: that keeps its own number and parent. */
  private static final List<String> STRACE =
      List.of(
          "strace",
          "-D",
          "-f",
          "-qq",
          "-y",
          "-s",
          "300",
          "--seccomp-bpf",
          "-e",
          "trace=connect,bind,sendto,sendmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,"
              + "renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,truncate",
          "-e",
          "signal=none",
          "-o");

  private static final Pattern CALL = Pattern.compile("^(\\d+) +([a-z0-9_]+)\\((.*)$");
  private static final Pattern FILE =
      Pattern.compile("(?:(?:AT_FDCWD|\\d+)<([^>]*)>, )?\"((?:[^\"\\\\]|\\\\.)*)\"(.*)");
  private static final Pattern INTERNET =
      Pattern.compile(
          "sa_family=AF_INET6?,.*?sin6?_port=htons\\((\\d+)\\).*?"
              + "(?:inet_addr\\(\"([^\"]*)\"\\)|inet_pton\\(AF_INET6, \"([^\"]*)\")");
  private static final Pattern LOCAL =
      Pattern.compile("sa_family=AF_UNIX, sun_path=(@?)\"([^\"]*)\"");

  private final Path log;
  private final Path directory;

  /**
   * @param directory where what is watched was started
   */
  Watcher(Path log, Path directory) {
    this.log = log;
    this.directory = directory;
  }

  /** What to put before the command that is to be watched. */
  List<String> prefix() {
    return Stream.concat(STRACE.stream(), Stream.of(log.toString())).toList();
  }

  /** All that was done or tried and is not in {@code footprint}, each once: act and place. */
  Set<String> outside(Footprint footprint) throws IOException {
    Set<String> outside = new TreeSet<>();
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      lines.forEach(line -> look(line, footprint, outside));
    }
    return outside;
  }

  /** How many calls were seen. */
  long calls() throws IOException {
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines.count();
    }
  }

  private void look(String line, Footprint footprint, Set<String> outside) {
    Matcher call = CALL.matcher(line);
    if (!call.matches() || line.contains("resumed>")) {
      return;
    }
    String name = call.group(2);
    String rest = call.group(3);
    switch (name) {
      case "connect", "sendto", "sendmsg" -> address(Act.CONNECT, rest, footprint, outside);
      case "bind" -> address(Act.LISTEN, rest, footprint, outside);
      default -> file(name, rest, call.group(1), footprint, outside);
    }
  }

  private void address(Act act, String rest, Footprint footprint, Set<String> outside) {
    Matcher local = LOCAL.matcher(rest);
    Matcher internet = INTERNET.matcher(rest);
    if (local.find()) {
      note(act, local.group(1) + local.group(2), footprint, outside);
    } else if (internet.find()) {
      String host = internet.group(2) == null ? internet.group(3) : internet.group(2);
      String place = host.replace("::ffff:", "") + ":" + internet.group(1);
      // Port 0 is how the C library asks the kernel which way it would go: nothing is sent.
      if (!place.endsWith(":0")) {
        note(act, place, footprint, outside);
      }
    }
  }

  private void file(String call, String rest, String pid, Footprint footprint, Set<String> out) {
    Matcher file = FILE.matcher(rest);
    if (!file.find()) {
      return;
    }
    String flags = file.group(3);
    boolean opens = call.equals("open") || call.equals("openat");
    boolean writes = !opens || flags.matches(".*O_(WRONLY|RDWR|CREAT|TRUNC|APPEND).*");
    Path base = Path.of(file.group(1) == null ? directory.toString() : file.group(1));
    String place = base.resolve(file.group(2)).normalize().toString();
    note(writes ? Act.WRITE : Act.READ, place.replace("/" + pid + "/", "/self/"), footprint, out);
    // The second name of a rename or link.
    Matcher second = FILE.matcher(flags);
    if (!opens && second.find()) {
      String other = base.resolve(second.group(2)).normalize().toString();
      note(Act.WRITE, other, footprint, out);
    }
  }

  private static void note(Act act, String place, Footprint footprint, Set<String> outside) {
    if (!footprint.allows(act, place)) {
      outside.add(act + " " + place);
    }
  }
}

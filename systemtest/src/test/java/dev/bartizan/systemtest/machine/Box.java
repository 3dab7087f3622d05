// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A container that {@code systemtest/src/test/nspawn/box} runs: a Debian with systemd. */
final class Box implements AutoCloseable {
  private static final Program BOX =
      new Program(
          "bash", System.getProperty("bartizan.source") + "/systemtest/src/test/nspawn/box");

  private final String name;
  private Optional<Path> root = Optional.empty();

  private Box(String name) {
    this.name = name;
  }

  /** Exit code 0, or the reason why there can be none here. */
  static Outcome can() throws IOException, InterruptedException {
    return BOX.run("can");
  }

  /**
   * Starts one from the cached tree, which is made first where there is none.
   *
   * @param rig a directory of this machine that it sees as /rig
   */
  static Box up(Path rig) throws IOException, InterruptedException {
    BOX.run("tree").expect(0);
    Box box = new Box("test-" + ProcessHandle.current().pid());
    BOX.run("up", box.name, rig.toString()).expect(0);
    return box;
  }

  /** Runs a command as root. */
  Outcome run(String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("exec", name));
    all.addAll(List.of(command));
    return BOX.run(all.toArray(String[]::new));
  }

  /** Runs a command of the device's as the daemon's user. */
  Outcome bartizan(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("runuser", "-u", "bartizan", "--", "bartizan"));
    all.addAll(List.of(arguments));
    return run(all.toArray(String[]::new));
  }

  /** Where its file system is seen from here, until it reboots. */
  Path root() throws IOException, InterruptedException {
    if (root.isEmpty()) {
      root = Optional.of(Path.of(BOX.run("root", name).expect(0).out().strip()));
    }
    return root.get();
  }

  /** Has it start again, as its own {@code systemctl reboot} does. */
  void reboot() throws IOException, InterruptedException {
    root = Optional.empty();
    BOX.run("reboot", name).expect(0);
  }

  /** What the daemon has said in all starts of this container. */
  String journal() throws IOException, InterruptedException {
    return run("journalctl", "--no-pager", "-o", "cat", "-u", "bartizan.service").expect(0).out();
  }

  @Override
  public void close() throws IOException {
    try {
      BOX.run("down", name);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}

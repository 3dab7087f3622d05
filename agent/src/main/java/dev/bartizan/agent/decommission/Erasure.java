// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.Set;

/**
 * Erases the state directory, in an order that leaves to the last what is needed to go on after a
 * power cut. Names are taken away; what flash keeps of their content was never in the clear.
 */
final class Erasure {
  /** The agent's own versions: signed, public, and perhaps the program that runs. */
  private static final String SOFTWARE = "software";

  /** What the device still needs to prove the command, and to say farewell. */
  private static final Set<String> DIRECTORIES_TO_LEAVE_BY =
      Set.of("keystore", "outbox", "tuf", "documents");

  private static final Set<String> FILES_TO_LEAVE_BY =
      Set.of("credentials.json", "verified-time", "provided");

  private final Disk disk;

  Erasure(Disk disk) {
    this.disk = disk;
  }

  /** Models, their wrapped keys, journal and history, commands. */
  void content() throws IOException {
    erase(DIRECTORIES_TO_LEAVE_BY, FILES_TO_LEAVE_BY);
  }

  /** The rest, keys first. */
  void everything() throws IOException {
    tree("keystore");
    erase(Set.of(), Set.of());
  }

  private void erase(Set<String> keptDirectories, Set<String> keptFiles) throws IOException {
    for (String directory : disk.directories()) {
      if (!directory.equals(SOFTWARE) && !keptDirectories.contains(directory)) {
        tree(directory);
      }
    }
    for (FileName file : disk.list("")) {
      if (!file.equals(DecommissionOrder.FILE) && !keptFiles.contains(file.path())) {
        disk.delete(file);
      }
    }
    disk.syncDirectory("");
  }

  private void tree(String directory) throws IOException {
    disk.deleteTree(directory);
    disk.syncDirectory(directory);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What files a version of the agent has, wherever it lies. */
public final class AgentFiles {
  /** The agent's name among the software releases. */
  public static final String NAME = "agent";

  /** Whatever lies below these counts as the agent's. */
  static final List<String> PARTS = List.of("bin", "lib");

  /** Where, of all below the parts, an agent may have files. */
  static final List<String> FOLDERS =
      List.of("bin", "lib", "lib/native/x86_64", "lib/native/aarch64");

  private AgentFiles() {}

  /** Whether a release may have a file of that name. */
  public static boolean isAllowed(String path) {
    int slash = path.lastIndexOf('/');
    return slash > 0
        && FOLDERS.contains(path.substring(0, slash))
        && path.substring(slash + 1).matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,120}");
  }

  /** Which of {@code paths} no release may have, if any: what is wrong with it, for people. */
  public static Optional<String> outOfPlace(Set<String> paths) {
    return paths.stream()
        .filter(path -> !isAllowed(path))
        .sorted()
        .findFirst()
        .map(path -> path + ": the agent has no files there");
  }
}

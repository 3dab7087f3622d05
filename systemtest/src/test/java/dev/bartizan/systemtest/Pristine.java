// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files below a directory as they were, to be put back. */
final class Pristine {
  private final Path directory;
  private final Map<String, byte[]> files = new TreeMap<>();

  private Pristine(Path directory) {
    this.directory = directory;
  }

  static Pristine of(Path directory) throws IOException {
    Pristine pristine = new Pristine(directory);
    for (String name : pristine.names()) {
      pristine.files.put(name, Files.readAllBytes(directory.resolve(name)));
    }
    return pristine;
  }

  private Set<String> names() throws IOException {
    Map<String, Path> names = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> names.put(directory.relativize(file).toString(), file));
    }
    return names.keySet();
  }

  /** The files by their path below the directory. */
  Map<String, byte[]> files() {
    return files;
  }

  byte[] content(String name) {
    byte[] content = files.get(name);
    if (content == null) {
      throw new IllegalArgumentException(name);
    }
    return content;
  }

  /** Whether the file is what it was. */
  boolean holds(String name) throws IOException {
    Path file = directory.resolve(name);
    return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content(name));
  }

  /** Puts back every file, and removes what was not there. */
  void restore() throws IOException {
    for (String name : names()) {
      if (!files.containsKey(name)) {
        Files.delete(directory.resolve(name));
      }
    }
    restore(files.keySet());
  }

  /** Puts back these files, and looks at no other. */
  void restore(Collection<String> names) throws IOException {
    for (String name : names) {
      if (!holds(name)) {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content(name));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.systemtest.lab.Distribution;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The files of one version of the agent, made from those of the present one. */
public record AgentTree(Path home) {
  private static final String AGENT_JAR = "bartizan-agent-";

  /** Has the version that commands print. */
  private static final String PROTOCOL_JAR = "bartizan-protocol";

  /** The present agent, but that it calls itself by another version of the same length. */
  public static AgentTree calling(Distribution present, String version, Path target)
      throws IOException {
    AgentTree tree = new AgentTree(target);
    Files.createDirectories(target.resolve("bin"));
    Path lib = Files.createDirectories(target.resolve("lib"));
    copy(present, target, "bin/bartizan");
    List<String> names = new ArrayList<>(List.of("launch.sh", "versions.sh", "device.list"));
    names.addAll(Files.readAllLines(present.home().resolve("lib/device.list")));
    for (String name : names) {
      if (name.startsWith(AGENT_JAR) || name.startsWith(PROTOCOL_JAR)) {
        rename(present.home().resolve("lib").resolve(name), lib.resolve(name), version);
      } else {
        copy(present, target, "lib/" + name);
      }
    }
    tree.copyNatives(present);
    return tree;
  }

  private void copyNatives(Distribution present) throws IOException {
    boolean isArm = System.getProperty("os.arch", "").equals("aarch64");
    String folder = "lib/native/" + (isArm ? "aarch64" : "x86_64");
    Files.createDirectories(home.resolve(folder));
    try (Stream<Path> files = Files.list(present.home().resolve(folder))) {
      for (Path file : files.toList()) {
        copy(present, home, folder + "/" + file.getFileName());
      }
    }
  }

  private static void copy(Distribution present, Path target, String file) throws IOException {
    Files.copy(present.home().resolve(file), target.resolve(file));
  }

  /** The compiler has put the version into every class that asks for it, as a text. */
  private static void rename(Path jar, Path target, String version) throws IOException {
    String before = text(ProductVersion.TEXT);
    String after = text(version);
    try (ZipFile from = new ZipFile(jar.toFile());
        OutputStream file = Files.newOutputStream(target);
        ZipOutputStream to = new ZipOutputStream(file)) {
      for (ZipEntry entry : from.stream().map(ZipEntry.class::cast).toList()) {
        try (InputStream content = from.getInputStream(entry)) {
          String bytes = new String(content.readAllBytes(), ISO_8859_1);
          to.putNextEntry(new ZipEntry(entry.getName()));
          to.write(bytes.replace(before, after).getBytes(ISO_8859_1));
          to.closeEntry();
        }
      }
    }
  }

  /** A text in a class file: its length, then itself. */
  private static String text(String version) {
    return "\0" + (char) version.length() + version;
  }

  /** The same files with the launcher's last line changed to {@code line}. */
  AgentTree startingBy(String line) throws IOException {
    Path launcher = home.resolve("bin/bartizan");
    List<String> lines = new ArrayList<>(Files.readAllLines(launcher));
    lines.set(lines.size() - 1, line);
    Files.write(launcher, lines);
    return this;
  }

  Path jar() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(AGENT_JAR))
          .findFirst()
          .orElseThrow();
    }
  }
}

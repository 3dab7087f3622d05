// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A PKCS#11 token for tests: SoftHSM 2. A process sees only the tokens that were there when it
 * first loaded the module, so those for this process are made all at once.
 */
public final class SoftHsm {
  public static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  public static final String PIN = "2468";

  private static final String VARIABLE = "SOFTHSM2_CONF";
  private static final int TOKENS = 12;
  private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");
  private static final Deque<SoftHsm> MINE = new ArrayDeque<>();

  private final int slot;
  private final Path directory;

  private SoftHsm(int slot, Path directory) {
    this.slot = slot;
    this.directory = directory;
  }

  /** A fresh token that this process can use. */
  public static synchronized SoftHsm token() throws IOException {
    if (MINE.isEmpty()) {
      manufacture();
    }
    return MINE.removeFirst();
  }

  private static void manufacture() throws IOException {
    Path configuration = Path.of(System.getenv(VARIABLE));
    Path tokens = Files.createTempDirectory(configuration.getParent(), "softhsm");
    for (int made = 0; made < TOKENS; made++) {
      MINE.add(make(configuration, tokens));
    }
  }

  /**
   * A token for another process.
   *
   * @param configuration to be written; that process names it in SOFTHSM2_CONF
   * @param tokens an existing directory
   */
  public static SoftHsm make(Path configuration, Path tokens) throws IOException {
    Files.writeString(configuration, "directories.tokendir = " + tokens + "\n");
    Set<Path> before = list(tokens);
    ProcessBuilder builder =
        new ProcessBuilder(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "device",
                "--so-pin",
                "13579",
                "--pin",
                PIN)
            .redirectErrorStream(true);
    builder.environment().putAll(Map.of(VARIABLE, configuration.toString()));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher slot = SLOT.matcher(said);
    if (!slot.find()) {
      throw new IOException("softhsm2-util: " + said);
    }
    Set<Path> added = list(tokens);
    added.removeAll(before);
    return new SoftHsm(Integer.parseInt(slot.group(1)), added.iterator().next());
  }

  public Pkcs11Module module() {
    return new Pkcs11Module(MODULE, slot);
  }

  public int slot() {
    return slot;
  }

  /** The right PIN. */
  public static Passphrase pin() {
    return pin(PIN);
  }

  static Passphrase pin(String text) {
    return () -> SecretBytes.take(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Takes the token out. */
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The token's files: nothing but what SoftHSM keeps encrypted. */
  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static Set<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new HashSet<>(entries.toList());
    }
  }
}

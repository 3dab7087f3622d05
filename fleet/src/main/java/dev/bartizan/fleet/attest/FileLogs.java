// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Files {@code logs/UEID/NUMBER-DIGEST}, numbered in the order in which they came. */
public final class FileLogs implements LogStore {
  /** Three of a boot, and those of the boot before, of an update and of a failed one. */
  static final int KEPT = 12;

  private static final String FOLDER = "logs/";
  private static final String SUFFIX = ".log";
  private static final String NAME = "\\d{10}-[0-9a-f]{64}\\.log";
  private static final int NUMBER_LENGTH = 10;

  private final SharedDirectory directory;

  public FileLogs(SharedDirectory directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Bytes> find(Ueid device, Digest digest) throws IOException {
    for (String name : names(device)) {
      if (name.endsWith(digest.hex() + SUFFIX)) {
        Optional<byte[]> log = directory.find(folder(device) + name, Evidence.MAX_BOOT_LOG);
        return log.filter(content -> Digest.of(content).equals(digest)).map(Bytes::of);
      }
    }
    return Optional.empty();
  }

  @Override
  public void keep(Ueid device, Bytes log) throws IOException, Refusal {
    Digest digest = Digest.of(log.asBuffer());
    directory.exclusively(
        () -> {
          if (find(device, digest).isEmpty()) {
            add(device, digest, log);
          }
          return digest;
        });
  }

  private void add(Ueid device, Digest digest, Bytes log) throws IOException {
    List<String> names = names(device);
    long number = names.isEmpty() ? 0 : number(names.get(names.size() - 1)) + 1;
    String name = String.format(Locale.ROOT, "%010d-%s%s", number, digest.hex(), SUFFIX);
    directory.write(folder(device) + name, log.toArray());
    for (int i = 0; i <= names.size() - KEPT; i++) {
      directory.delete(folder(device) + names.get(i));
    }
  }

  /** The oldest first. */
  private List<String> names(Ueid device) throws IOException {
    return directory.list(folder(device), SUFFIX).stream()
        .filter(name -> name.matches(NAME))
        .sorted()
        .toList();
  }

  private static long number(String name) {
    return Long.parseLong(name.substring(0, NUMBER_LENGTH));
  }

  private static String folder(Ueid device) {
    return FOLDER + device.text() + "/";
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** A client that has pinned the first root, and a repository that does what a test wants. */
abstract class ClientOfARepository {
  final RepositorySimulator repository = new RepositorySimulator();
  final FakeDisk disk = new FakeDisk();
  final MetadataStore store = new MetadataStore(disk, "tuf");
  Instant now = RepositorySimulator.START;
  final InstantSource clock = () -> now;

  @BeforeEach
  void pinTheFirstRoot() throws Exception {
    TufClient.init(store, repository.rootFile(1));
  }

  TrustedTargets refresh() throws TufRefusal, IOException {
    return TufClient.ofOwnStore(store, repository, clock).refresh();
  }

  TufRefusal refuseRefresh(Code code, String role) {
    TufRefusal refusal = assertThrows(TufRefusal.class, this::refresh);
    assertEquals(code, refusal.kind(), refusal.getMessage());
    assertEquals(role, refusal.role());
    return refusal;
  }

  /** Role name to version of what is on disk. */
  Map<String, Long> onDisk() throws IOException {
    return disk.list("tuf").stream()
        .filter(name -> name.last().endsWith(".json"))
        .collect(Collectors.toMap(name -> name.last().replace(".json", ""), this::storedVersion));
  }

  long storedVersion(FileName name) {
    return parsed(stored(name)).path("signed").path("version").asLong();
  }

  static ObjectNode parsed(byte[] file) {
    try {
      return new JsonReader(Limits.JSON).read(file, "file");
    } catch (Refusal broken) {
      throw new IllegalStateException(broken);
    }
  }

  byte[] stored(FileName name) {
    try {
      return disk.read(name, 1 << 24).orElseThrow();
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  static Map<String, Long> versions(long root, long timestamp, long snapshot, long targets) {
    return Map.of("root", root, "timestamp", timestamp, "snapshot", snapshot, "targets", targets);
  }

  static byte[] bytes(ObjectNode file) {
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }
}

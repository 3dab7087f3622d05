// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.updater.disk.AlreadyInitialised;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RepositorySimulator;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetInitTest {
  private static final FleetPlan PLAN =
      new FleetPlan(FleetOfOne.SETTINGS, List.of("localhost", "127.0.0.1"));

  private final byte[] root = new RepositorySimulator().rootFile(1);
  @TempDir private Path folder;

  private FleetKeys found() throws Exception {
    return found(root);
  }

  private FleetKeys found(byte[] pinned) throws Exception {
    return new FleetInit(new SharedDirectory(folder), new MovableClock(), FleetOfOne.RANDOM)
        .found(PLAN, pinned);
  }

  @Test
  void whatTheAuthorIsToldIsWhatTheServerHas() throws Exception {
    FleetKeys keys = found();
    assertEquals(
        keys, FleetKeys.read(Files.readAllBytes(folder.resolve("fleet-keys.json")), "keys"));
    SharedDirectory directory = new SharedDirectory(folder);
    assertEquals(
        new OperatorKeys(directory).publicKey(OperatorKeys.COMMAND).kid(), keys.commandKey().kid());
    assertEquals(
        Credentials.load(directory, Credentials.KEY_BROKER).certificate(), keys.keyBroker());
  }

  @Test
  void aSecondFoundingIsRefusedAndOverwritesNothing() throws Exception {
    found();
    Map<Path, Bytes> before = everything();
    AlreadyInitialised refusal = assertThrows(AlreadyInitialised.class, this::found);
    assertEquals("ALREADY_INITIALISED", refusal.code());
    assertEquals(before, everything());
  }

  @Test
  void remainsOfAnInterruptedFoundingAreNotOverwrittenEither() throws Exception {
    found();
    Files.delete(folder.resolve("fleet.json"));
    assertThrows(AlreadyInitialised.class, this::found);
  }

  @Test
  void whatIsNoRootIsNotPinnedAndNothingIsMade() {
    byte[] noRoot = "{\"signed\":{}}".getBytes(StandardCharsets.UTF_8);
    assertThrows(TufRefusal.class, () -> found(noRoot));
    assertFalse(Files.exists(folder.resolve("author-root.json")));
    assertFalse(Files.exists(folder.resolve("keys")));
  }

  @Test
  void secretsAreReadableByTheirOwnerOnlyAndNoneIsServedOrForDevices() throws Exception {
    found();
    int secrets = 0;
    for (Path file : files(folder)) {
      boolean secret = Files.readString(file, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY");
      if (secret) {
        assertEquals(
            PosixFilePermissions.fromString("rw-------"),
            Files.getPosixFilePermissions(file),
            file.toString());
      }
      secrets += secret ? 1 : 0;
      String top = folder.relativize(file).getName(0).toString();
      assertTrue(!secret || !Set.of("served", "device").contains(top), file.toString());
    }
    // Of authority, server, broker, operator, key broker, command and verifier.
    assertEquals(7, secrets);
  }

  @Test
  void theDeviceGetsThePinnedRootAndTheAuthorityToTrust() throws Exception {
    found();
    assertArrayEquals(root, Files.readAllBytes(folder.resolve("device/root.json")));
    assertEquals(
        Files.readString(folder.resolve("ca/ca.pem")),
        Files.readString(folder.resolve("device/fleet-ca.pem")));
    String configuration = Files.readString(folder.resolve("device/agent.toml"));
    assertTrue(configuration.contains("url = \"http://localhost:8080/\""), configuration);
    assertTrue(configuration.contains("broker = \"ssl://localhost:8883\""), configuration);
  }

  private Map<Path, Bytes> everything() throws IOException {
    Map<Path, Bytes> contents = new TreeMap<>();
    for (Path file : files(folder)) {
      contents.put(file, Bytes.of(Files.readAllBytes(file)));
    }
    return contents;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}

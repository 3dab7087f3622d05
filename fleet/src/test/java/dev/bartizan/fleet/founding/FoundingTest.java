// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.founding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.fleet.identity.OperatorKeys;
import dev.bartizan.fleet.release.Operator;
import dev.bartizan.fleet.release.OperatorRepository;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundingTest {
  @TempDir private Path folder;

  private void found() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    OperatorRepository repository =
        new OperatorRepository(directory, Optional.empty(), Operator.CLOCK, Operator.RANDOM);
    new Founding(directory, repository, Operator.CLOCK, Operator.RANDOM).found(Operator.plan());
  }

  @Test
  void aNewFleetHasAPolicyThatObeysItsOwnCommandKey() throws Exception {
    Operator operator = Operator.founded(folder);
    byte[] signed =
        operator
            .repository()
            .use(
                open -> {
                  var target = open.trusted().get(DevicePolicy.TARGET);
                  Path file =
                      folder.resolve("repository/targets").resolve(open.trusted().urlPath(target));
                  return target.accept(Files.readAllBytes(file)).toArray();
                });
    DevicePolicy policy = DevicePolicy.parse(signed);
    assertEquals(Set.of(), policy.models());
    assertFalse(policy.serveUnknownBoot(), "what is unknown is not good");
    assertFalse(policy.updatesAlone());
    assertEquals(
        new OperatorKeys(operator.directory()).publicKey(OperatorKeys.COMMAND).kid(),
        policy.commandKeys().keys().get(0).key().kid());
    assertTrue(policy.commandKeys().keys().get(0).commands().contains("rollback"));
  }

  @Test
  void aSecondFoundingIsRefusedAndOverwritesNothing() throws Exception {
    Operator operator = Operator.founded(folder);
    Map<String, Digest> before = operator.everything();
    FoundingRefusal refusal = assertThrows(FoundingRefusal.class, this::found);
    assertEquals("ALREADY_INITIALISED", refusal.code());
    assertEquals(before, operator.everything());
  }

  @Test
  void remainsOfAnInterruptedFoundingAreNotOverwrittenEither() throws Exception {
    Operator.founded(folder);
    Files.delete(folder.resolve("fleet.json"));
    assertThrows(FoundingRefusal.class, this::found);
  }

  @Test
  void secretsAreReadableByTheirOwnerOnlyAndNoneIsServedOrForDevices() throws Exception {
    Operator.founded(folder);
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
      assertTrue(!secret || !Set.of("repository", "device").contains(top), file.toString());
    }
    // Of the roles 3 + 3 + 6, of the authority, server, broker, operator, command, verifier 6.
    assertEquals(18, secrets);
  }

  @Test
  void theDeviceGetsThePinnedRootAndTheAuthorityToTrust() throws Exception {
    Operator.founded(folder);
    assertEquals(
        Files.readString(folder.resolve("repository/metadata/1.root.json")),
        Files.readString(folder.resolve("device/root.json")));
    assertEquals(
        Files.readString(folder.resolve("ca/ca.pem")),
        Files.readString(folder.resolve("device/fleet-ca.pem")));
    String configuration = Files.readString(folder.resolve("device/agent.toml"));
    assertTrue(configuration.contains("url = \"http://localhost:8080/\""), configuration);
    assertTrue(configuration.contains("broker = \"ssl://localhost:8883\""), configuration);
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}

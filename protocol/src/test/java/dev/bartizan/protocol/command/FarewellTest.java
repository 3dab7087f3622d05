// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.SoftwareSigner;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A device's last message, and others' in its name. */
class FarewellTest {
  private static final Farewell SAID =
      new Farewell(
          "spiffe://example.com/device/x",
          "command-1",
          Instant.parse("2026-05-01T12:00:00Z"),
          Set.of(Farewell.CONTENT, "unwrap"));

  private final SoftwareSigner device = signer();

  @Test
  void whatTheDeviceSaidIsRead() throws Exception {
    assertEquals(SAID, Farewell.read(SAID.sign(device), device.key()));
  }

  // Attack: the broker says in a device's name that it is gone.
  @Test
  void nobodyElseSaysItNorIsAnotherStatementOne() throws Exception {
    String forged = SAID.sign(signer());
    assertThrows(BadSignature.class, () -> Farewell.read(forged, device.key()));
    byte[] command =
        new Command(
                "example.com",
                Audience.group("x"),
                "command-1",
                SAID.at(),
                SAID.at().plusSeconds(1),
                "update",
                Map.of())
            .sign(device);
    assertThrows(
        Refusal.class,
        () -> Farewell.read(new String(command, StandardCharsets.US_ASCII), device.key()));
    String flipped = SAID.sign(device).replace('A', 'B');
    assertThrows(Refusal.class, () -> Farewell.read(flipped, device.key()));
    assertThrows(Refusal.class, () -> Farewell.read("x".repeat(5000), device.key()));
  }

  private static SoftwareSigner signer() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair pair = generator.generateKeyPair();
      return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

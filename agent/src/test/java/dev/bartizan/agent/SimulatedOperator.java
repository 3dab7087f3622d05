// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Somebody who gives commands to one device, and somebody else who would like to. */
final class SimulatedOperator {
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final StatementSigner STRANGER = stranger();

  private final Ground ground;
  private final SimulatedWorld world;
  private final List<byte[]> given = new ArrayList<>();
  private final Set<String> worthless = new HashSet<>();
  private int count;

  SimulatedOperator(Ground ground, SimulatedWorld world) {
    this.ground = ground;
    this.world = world;
  }

  /** Commands that nobody may obey. */
  Set<String> worthless() {
    return worthless;
  }

  String status() {
    return give("status", Map.of());
  }

  String attest() {
    return give("attest", Map.of("nonce", "00112233445566778899aabbccddeeff"));
  }

  String update(SimulatedFleet.Offer offer) {
    return give(
        "update",
        Map.of(offer.kind(), offer.release().name(), "version", offer.release().version()));
  }

  String rollBack(String model) {
    return give("rollback", Map.of("model", model));
  }

  /** The same again, as a broker may do that has lost track. */
  Optional<byte[]> repeat(SplittableRandom random) {
    Optional<byte[]> any =
        given.isEmpty() ? Optional.empty() : Optional.of(given.get(random.nextInt(given.size())));
    any.ifPresent(world.broker()::give);
    return any;
  }

  /** What was valid once, and kept back. */
  String late(SimulatedFleet.Offer offer) {
    Instant then = world.truth.minus(LIFETIME.multipliedBy(2));
    return worthless(offer, ground.operator(), then);
  }

  /** By a key that no policy knows. */
  String forge(SimulatedFleet.Offer offer) {
    return worthless(offer, STRANGER, world.truth);
  }

  private String worthless(SimulatedFleet.Offer offer, StatementSigner signer, Instant issued) {
    Map<String, String> what =
        Map.of(offer.kind(), offer.release().name(), "version", offer.release().version());
    String id = nextId();
    world.broker().give(signed(id, "update", what, signer, issued));
    worthless.add(id);
    return id;
  }

  private String give(String name, Map<String, String> arguments) {
    String id = nextId();
    byte[] jws = signed(id, name, arguments, ground.operator(), world.truth);
    world.broker().give(jws);
    given.add(jws);
    return id;
  }

  private String nextId() {
    count++;
    return "command-" + count;
  }

  private byte[] signed(
      String id, String name, Map<String, String> what, StatementSigner signer, Instant issued) {
    try {
      Audience device = Audience.device(ground.keystore().ueid());
      return new Command("operator", device, id, issued, issued.plus(LIFETIME), name, what)
          .sign(signer);
    } catch (IOException | Refusal impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static StatementSigner stranger() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
    } catch (GeneralSecurityException none) {
      throw new AssertionError(none);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.command.CommandRefusal.Reason;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.jws.StatementKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandVerifierTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Ueid DEVICE = ueid(1);
  private static final Ueid OTHER_DEVICE = ueid(2);

  private final KeyPair security = p256();
  private final SoftwareSigner signer = signer(security);
  private final CommandKeys policy = policy(signer.key(), "update", "attest");
  private final CommandVerifier verifier = new CommandVerifier(DEVICE, Set.of("cameras"));

  @Test
  void aCommandOfAnAuthorisedKeyIsAccepted() throws Exception {
    Command sent = command(Audience.device(DEVICE), "update", Map.of("model", "defect"));

    AuthorisedCommand accepted = verifier.accept(sent.sign(signer), policy, NOW);

    assertEquals(sent, accepted.command());
    assertEquals(signer.key().kid(), accepted.kid());
  }

  @Test
  void anEd25519KeyCommandsAsWell() throws Exception {
    SoftwareSigner edwards = signer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    CommandKeys edwardsPolicy = CommandKeys.read(policy(edwards.key(), "update").write());
    byte[] compact = command(Audience.group("cameras"), "update", Map.of()).sign(edwards);

    assertEquals("update", verifier.accept(compact, edwardsPolicy, NOW).command().name());
  }

  @Test
  void thePolicyDocumentReadsBackAsItWasWritten() throws Exception {
    assertEquals(policy, CommandKeys.read(policy.write()));
  }

  @Test
  void anotherImplementationOfJoseAgreesInBothDirections() throws Exception {
    byte[] ours = command(Audience.device(DEVICE), "update", Map.of()).sign(signer);
    JWSObject theirs = JWSObject.parse(new String(ours, StandardCharsets.US_ASCII));
    assertTrue(theirs.verify(new ECDSAVerifier((ECPublicKey) security.getPublic())));

    JWSObject again = new JWSObject(theirs.getHeader(), theirs.getPayload());
    again.sign(new ECDSASigner((ECPrivateKey) security.getPrivate()));
    byte[] compact = again.serialize().getBytes(StandardCharsets.US_ASCII);
    assertEquals("update", verifier.accept(compact, policy, NOW).command().name());
  }

  @Test
  void aKeyThePolicyDoesNotKnowIsRefused() throws Exception {
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(signer(p256()));

    refused(Reason.UNKNOWN_KEY, compact);
  }

  @Test
  void aStrangerWhoUsesTheNameOfAKnownKeyIsRefused() throws Exception {
    SoftwareSigner stranger = signer(p256());
    CommandKeys sameName =
        new CommandKeys(
            List.of(
                new CommandKeys.Entry(
                    new StatementKey(stranger.key().kid(), security.getPublic()),
                    Set.of("update"))));
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(stranger);

    CommandRefusal refusal =
        assertThrows(CommandRefusal.class, () -> verifier.accept(compact, sameName, NOW));

    assertEquals(Reason.BAD_SIGNATURE, refusal.reason());
  }

  @Test
  void anyFlippedBitIsRefused() throws Exception {
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(signer);

    for (int bit = 0; bit < compact.length * 8; bit++) {
      byte[] flipped = compact.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CommandRefusal.class, () -> verifier.accept(flipped, policy, NOW));
    }
  }

  @Test
  void aCommandForAnotherDeviceOrGroupIsRefused() throws Exception {
    refused(
        Reason.WRONG_AUDIENCE,
        command(Audience.device(OTHER_DEVICE), "update", Map.of()).sign(signer));
    refused(
        Reason.WRONG_AUDIENCE, command(Audience.group("pumps"), "update", Map.of()).sign(signer));
  }

  @Test
  void aKeyCannotGiveACommandThatIsNotItsOwn() throws Exception {
    refused(
        Reason.NOT_AUTHORISED,
        command(Audience.device(DEVICE), "decommission", Map.of()).sign(signer));
  }

  // Attack: a key that lies on the server ends devices too, if somebody signed it such a policy.
  @Test
  void whatCannotBeUndoneNeedsAKeyForNothingElseAndOneDevice() throws Exception {
    Command one = command(Audience.device(DEVICE), Command.DECOMMISSION, Map.of());
    Command many = command(Audience.group("cameras"), Command.DECOMMISSION, Map.of());
    CommandKeys alone = policy(signer.key(), Command.DECOMMISSION);
    CommandKeys mixed = policy(signer.key(), Command.DECOMMISSION, "update");
    assertEquals(one, verifier.accept(one.sign(signer), alone, NOW).command());
    CommandRefusal everyDay =
        assertThrows(CommandRefusal.class, () -> verifier.accept(one.sign(signer), mixed, NOW));
    assertEquals(Reason.NOT_AUTHORISED, everyDay.reason());
    CommandRefusal group =
        assertThrows(CommandRefusal.class, () -> verifier.accept(many.sign(signer), alone, NOW));
    assertEquals(Reason.WRONG_AUDIENCE, group.reason());
  }

  @Test
  void aCommandEndsExactlyWhenItSays() throws Exception {
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(signer);
    Instant end = NOW.plus(Duration.ofHours(1));

    verifier.accept(compact, policy, end.minusSeconds(1));
    CommandRefusal refusal =
        assertThrows(CommandRefusal.class, () -> verifier.accept(compact, policy, end));

    assertEquals(Reason.EXPIRED, refusal.reason());
  }

  @Test
  void aCommandFromTheFutureIsRefused() throws Exception {
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(signer);

    CommandRefusal refusal =
        assertThrows(
            CommandRefusal.class,
            () -> verifier.accept(compact, policy, NOW.minus(Duration.ofMinutes(6))));

    assertEquals(Reason.NOT_YET_VALID, refusal.reason());
  }

  @Test
  void anOverlongCommandIsNotEvenRead() {
    refused(Reason.TOO_LONG, new byte[Command.MAX_LENGTH + 1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"iss\":\"a\",\"iss\":\"b\"}",
        "{\"iss\":\"ops\",\"aud\":\"group:cameras\",\"jti\":\"12345678\",\"iat\":1777636800,"
            + "\"exp\":9999999999,\"name\":\"update\",\"arguments\":{}}",
        "{\"iss\":\"ops\",\"aud\":\"group:cameras\",\"jti\":\"12345678\",\"iat\":1777636800.5,"
            + "\"exp\":1777636900,\"name\":\"update\",\"arguments\":{}}",
        "{\"iss\":\"ops\",\"aud\":\"group:cameras\",\"jti\":\"12345678\",\"iat\":1777636800,"
            + "\"exp\":1777636900,\"name\":\"update\",\"arguments\":{\"a\":{}}}",
        "{\"iss\":\"ops\",\"aud\":\"group:cameras\",\"jti\":\"12345678\",\"iat\":1777636800,"
            + "\"exp\":1777636900,\"name\":\"../x\",\"arguments\":{}} trailing",
      })
  void wellSignedNonsenseIsMalformed(String payload) throws Exception {
    refused(Reason.MALFORMED, signed(payload, "bartizan-command+jwt"));
  }

  @Test
  void aStatementOfAnotherTypeByTheSameKeyIsNoCommand() throws Exception {
    byte[] compact = command(Audience.device(DEVICE), "update", Map.of()).sign(signer);
    String payload = new String(compact, StandardCharsets.US_ASCII).split("\\.")[1];

    refused(
        Reason.MALFORMED,
        signed(
            new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8),
            "application/eat+jwt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "HS256", "EdDSA", "ES384"})
  void theHeaderDoesNotChooseTheAlgorithm(String algorithm) throws Exception {
    String header =
        "{\"alg\":\"%s\",\"typ\":\"bartizan-command+jwt\",\"kid\":\"%s\"}"
            .formatted(algorithm, signer.key().kid());
    String compact =
        new String(
            command(Audience.device(DEVICE), "update", Map.of()).sign(signer),
            StandardCharsets.US_ASCII);

    refused(
        Reason.BAD_SIGNATURE,
        (Base64Url.encode(header.getBytes(StandardCharsets.UTF_8))
                + compact.substring(compact.indexOf('.')))
            .getBytes(StandardCharsets.US_ASCII));
  }

  private void refused(Reason reason, byte[] compact) {
    CommandRefusal refusal =
        assertThrows(CommandRefusal.class, () -> verifier.accept(compact, policy, NOW));
    assertEquals(reason, refusal.reason(), refusal.getMessage());
  }

  private byte[] signed(String payload, String type) throws Exception {
    JWSHeader header =
        JWSHeader.parse(
            "{\"alg\":\"ES256\",\"typ\":\"%s\",\"kid\":\"%s\"}"
                .formatted(type, signer.key().kid()));
    JWSObject jws = new JWSObject(header, new Payload(payload));
    jws.sign(new ECDSASigner((ECPrivateKey) security.getPrivate()));
    return jws.serialize().getBytes(StandardCharsets.US_ASCII);
  }

  private static Command command(Audience audience, String name, Map<String, String> arguments) {
    return new Command(
        "operations@example.com",
        audience,
        "c0ffee-0001",
        NOW,
        NOW.plus(Duration.ofHours(1)),
        name,
        arguments);
  }

  private static CommandKeys policy(StatementKey key, String... commands) {
    return new CommandKeys(List.of(new CommandKeys.Entry(key, Set.of(commands))));
  }

  private static SoftwareSigner signer(KeyPair pair) {
    return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
  }

  private static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Ueid ueid(int number) {
    return Ueid.of(Digest.of(new byte[] {(byte) number}));
  }
}

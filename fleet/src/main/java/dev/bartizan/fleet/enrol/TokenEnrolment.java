// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.KeyPossession;
import dev.bartizan.protocol.enrolment.KeysBeginReply;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import javax.crypto.KeyAgreement;

/**
 * Judges enrolments of keystores without a chip, of the kinds the operator accepts. What vouches
 * for the device is a token and nothing else; what is proved is that it holds both keys.
 */
public final class TokenEnrolment {
  private static final int RANDOM_BYTES = 32;

  private final TpmEnrolment.Context context;
  private final EnrolmentTokens tokens;
  private final Set<Protection.Kind> accepted;
  private final Clock clock;
  private final SecureRandom random;
  private final Admission admission;
  private final PendingEnrolments<Pending> pending = new PendingEnrolments<>();

  private record Pending(
      Ueid ueid,
      Protection.Kind keystore,
      KeyPossession possession,
      Digest token,
      Bytes proof,
      Instant until)
      implements PendingEnrolments.Session {
    @Override
    public void drop() {}
  }

  /**
   * @param accepted none refuses every device
   * @throws IllegalArgumentException when the office works without tokens: nothing would be left to
   *     vouch for a device
   */
  public TokenEnrolment(
      TpmEnrolment.Context context,
      Set<Protection.Kind> accepted,
      Clock clock,
      SecureRandom random,
      Welcome welcome) {
    this.context = context;
    this.tokens =
        context
            .tokens()
            .orElseThrow(() -> new IllegalArgumentException("a token must vouch for a device"));
    this.accepted = Set.copyOf(accepted);
    this.clock = clock;
    this.random = random;
    this.admission = new Admission(context, welcome);
  }

  /**
   * Looks at token and kind, and makes the challenge.
   *
   * @throws Refusal when the device will not be taken in
   * @throws IOException when it cannot be now
   */
  public KeysBeginReply begin(KeysBeginRequest request) throws IOException, Refusal {
    Instant now = clock.instant();
    requireAccepted(request.keystore());
    Digest token = EnrolmentTokens.digest(request.token());
    tokens.require(token);
    if (request.identity().equals(request.unwrap())) {
      throw new EnrolmentRefusal(Reason.BAD_KEY, "one key for two purposes");
    }
    Ueid ueid = Ueid.of(request.identity());
    context.registry().requireWelcome(ueid);

    KeyPossession possession =
        new KeyPossession(randomBytes(), request.identity(), request.unwrap());
    String session = Base64Url.encode(randomBytes());
    Instant end = PendingEnrolments.end(now);
    try {
      KeyPair ephemeral = ephemeral();
      Bytes proof = expectedProof(possession, ephemeral.getPrivate());
      pending.put(
          session, new Pending(ueid, request.keystore(), possession, token, proof, end), now);
      return new KeysBeginReply(session, possession.nonce(), (ECPublicKey) ephemeral.getPublic());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has P-256", impossible);
    }
  }

  /**
   * Checks what both keys proved, and only then issues the certificates.
   *
   * @throws Refusal when the device is not taken in; the session is over either way
   */
  public Grant finish(KeysFinishRequest request) throws IOException, Refusal {
    Instant now = clock.instant();
    Pending session =
        pending
            .take(request.session(), now)
            .orElseThrow(
                () -> new EnrolmentRefusal(Reason.NO_SESSION, "no such enrolment is under way"));
    requireSigned(session.possession(), request.signature());
    if (!MessageDigest.isEqual(session.proof().toArray(), request.proof().toArray())) {
      throw new EnrolmentRefusal(Reason.NO_POSSESSION, "the unwrap key did not agree");
    }
    boolean golden = tokens.spend(session.token()).golden();
    DeviceKeys keys =
        new DeviceKeys(session.possession().identity(), session.possession().unwrap());
    return admission.admit(
        new Admission.Newcomer(session.ueid(), session.keystore(), Optional.empty(), golden, false),
        keys,
        now);
  }

  private void requireAccepted(Protection.Kind keystore) throws EnrolmentRefusal {
    if (!accepted.contains(keystore)) {
      throw new EnrolmentRefusal(
          Reason.KEYSTORE_NOT_ACCEPTED,
          "keystores of kind " + keystore.text() + " are not taken in here");
    }
  }

  private static void requireSigned(KeyPossession possession, Bytes signature)
      throws EnrolmentRefusal {
    try {
      Signature ecdsa = Signature.getInstance("NONEwithECDSA");
      ecdsa.initVerify(possession.identity());
      ecdsa.update(possession.statement().value().toArray());
      if (ecdsa.verify(signature.toArray())) {
        return;
      }
    } catch (GeneralSecurityException notASignature) {
      throw new EnrolmentRefusal(
          Reason.NO_POSSESSION, "the identity key's signature cannot be read", notASignature);
    }
    throw new EnrolmentRefusal(Reason.NO_POSSESSION, "the identity key did not sign");
  }

  private KeyPair ephemeral() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static Bytes expectedProof(KeyPossession possession, PrivateKey ephemeral)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ephemeral);
    agreement.doPhase(possession.unwrap(), true);
    try (SecretBytes shared = SecretBytes.take(agreement.generateSecret())) {
      return possession.proof(shared);
    }
  }

  private Bytes randomBytes() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }
}

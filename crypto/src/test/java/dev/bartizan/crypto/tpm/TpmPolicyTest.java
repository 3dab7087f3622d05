// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Policies that a key can carry through updates: what is computed here is what the TPM computes.
 */
class TpmPolicyTest {
  private static final PcrSelection PCR = PcrSelection.parse("sha256:16");
  private static final Bytes REFERENCE = Bytes.of(new byte[] {'u'});
  private static final Bytes SECRET =
      Bytes.of(
          "a content key of thirty-two bytes".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

  private static Swtpm swtpm;

  @BeforeAll
  static void manufacture() throws IOException {
    swtpm = Swtpm.manufacture(EndorsementKind.RSA_2048);
  }

  @AfterAll
  static void scrap() {
    swtpm.close();
  }

  @Test
  void anySealedBytesOpenInOneOfTwoStatesAndStayOffTheWire() throws Exception {
    RecordingAddress wire = new RecordingAddress(swtpm.address());
    try (Tpm tpm = Tpm.open(wire, new SecureRandom(), duration -> {});
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      PolicyDigest now = PolicyDigest.start().pcrs(tpm.pcrs().read(PCR));
      PolicyDigest owner = PolicyDigest.start().secret(Hierarchy.OWNER);
      List<PolicyDigest> branches = List.of(now, owner);
      TpmPublic template = KeyTemplates.sealed(PolicyDigest.anyOf(branches));
      KeyBlob blob = tpm.keys().seal(root, template, SecretBytes.take(SECRET.toArray()), session);
      try (TpmObject sealed = tpm.keys().load(root, blob, session);
          PolicySession policy = tpm.startPolicy(root)) {
        policy.pcrs(PCR);
        policy.anyOf(branches);
        assertEquals(SECRET, tpm.keys().unseal(sealed, policy).reveal(Bytes::of));
        tpm.pcrs().extend(16, Digest.of(new byte[1]), session);
        policy.pcrs(PCR);
        assertThrows(TpmException.class, () -> policy.anyOf(branches));
      }
      try (TpmObject sealed = tpm.keys().load(root, blob, session);
          PolicySession recovery = tpm.startPolicy(root)) {
        recovery.secret(Hierarchy.OWNER);
        recovery.anyOf(branches);
        assertEquals(SECRET, tpm.keys().unseal(sealed, recovery).reveal(Bytes::of));
      }
    }
    assertFalse(wire.carried(SECRET));
  }

  // Attack: an old release, properly signed then, after the epoch was raised.
  @Test
  void anApprovedStateOpensUntilTheEpochIsRaised() throws Exception {
    KeyPair approver = pair();
    TpmPublic approverKey = KeyTemplates.verificationKey((ECPublicKey) approver.getPublic());
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      NvIndex epoch = epochCounter(tpm, session);
      long limit = tpm.nv().read(epoch, session).asBuffer().getLong();
      PolicyDigest approved =
          PolicyDigest.start().pcrs(tpm.pcrs().read(PCR)).counterAtMost(epoch, limit);
      PolicyDigest carried = PolicyDigest.authorizedBy(approverKey.name(), REFERENCE);
      SecretBytes secret = SecretBytes.take(SECRET.toArray());
      KeyBlob blob = tpm.keys().seal(root, KeyTemplates.sealed(carried), secret, session);
      Ticket proof = proof(tpm, approver, approverKey, approved);
      try (TpmObject sealed = tpm.keys().load(root, blob, session);
          PolicySession policy = tpm.startPolicy(root)) {
        policy.pcrs(PCR);
        policy.counterAtMost(epoch, limit);
        assertEquals(approved, policy.digest());
        policy.authorized(approved, REFERENCE, approverKey.name(), proof);
        assertEquals(carried, policy.digest());
        assertEquals(SECRET, tpm.keys().unseal(sealed, policy).reveal(Bytes::of));
        tpm.nv().increment(epoch, session);
        policy.pcrs(PCR);
        TpmException old =
            assertThrows(TpmException.class, () -> policy.counterAtMost(epoch, limit));
        assertEquals(TpmFailure.POLICY, old.failure(), old.getMessage());
      }
    }
  }

  @Test
  void anApprovalByAnotherKeyIsNoApproval() throws Exception {
    TpmPublic approverKey = KeyTemplates.verificationKey((ECPublicKey) pair().getPublic());
    try (Tpm tpm = swtpm.open()) {
      KeyPair stranger = pair();
      TpmException refused =
          assertThrows(
              TpmException.class, () -> proof(tpm, stranger, approverKey, PolicyDigest.start()));
      assertEquals(TpmFailure.BAD_SIGNATURE, refused.failure(), refused.getMessage());
    }
  }

  private static NvIndex epochCounter(Tpm tpm, TpmSession session) throws IOException {
    NvIndex epoch = NvIndex.counter(0x0180_0010);
    tpm.nv().define(epoch, session);
    tpm.nv().increment(epoch, session);
    return epoch.written();
  }

  private static Ticket proof(
      Tpm tpm, KeyPair approver, TpmPublic approverKey, PolicyDigest approved) throws Exception {
    // What is signed is the pair of policy and reference; the TPM checks its digest.
    Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
    signer.initSign(approver.getPrivate());
    signer.update(approved.value().toArray());
    signer.update(REFERENCE.toArray());
    byte[] both = signer.sign();
    EcdsaSignature signature =
        new EcdsaSignature(
            TpmHash.SHA256,
            Bytes.of(Arrays.copyOf(both, 32)),
            Bytes.of(Arrays.copyOfRange(both, 32, 64)));
    try (TpmObject key = tpm.keys().loadPublic(approverKey)) {
      return tpm.keys().verify(key, PolicySession.approval(approved, REFERENCE), signature);
    }
  }

  private static TpmObject root(Tpm tpm) throws IOException {
    return tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}

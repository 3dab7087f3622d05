// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys of both kinds, from inside and outside, in a chip with three places for objects. */
class TpmKindsTest {
  private static final PcrSelection PCR = PcrSelection.parse("sha256:16");
  private static final SecureRandom RANDOM = new SecureRandom();

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
  void aSessionSaltedToAnRsaKeyKeepsSecretsOffTheWire() throws Exception {
    RecordingAddress wire = new RecordingAddress(swtpm.address());
    try (Tpm tpm = Tpm.open(wire, RANDOM, duration -> {});
        TpmObject endorsement =
            tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, EndorsementKind.RSA_2048.template());
        TpmSession session = tpm.startSession(endorsement);
        SecretBytes random = tpm.random(32, session)) {
      assertFalse(wire.carried(random.reveal(Bytes::of)));
      assertTrue(wire.carried(endorsement.name().value()), "the recorder hears what is public");
    }
  }

  @Test
  void quotesOfBothKindsOfAttestationKeyAreAccepted() throws Exception {
    for (AttestationKind kind : AttestationKind.values()) {
      try (Tpm tpm = swtpm.open();
          TpmObject root = root(tpm);
          TpmSession session = tpm.startSession(root);
          TpmObject key =
              tpm.keys().load(root, tpm.keys().create(root, kind.template(), session), session)) {
        SignedStatement quote = tpm.attestation().quote(key, PCR, Bytes.of(new byte[32]), session);
        QuoteAttest.accept(quote.attest(), quote.signature(), key.publicArea());
        assertEquals(kind, AttestationKind.find(kind.text()).orElseThrow());
      }
    }
  }

  @Test
  void whatWasSealedOutsideOpensInTheChipItWasMadeForAndInNoOther() throws Exception {
    Bytes expected = Bytes.of(random());
    RecordingAddress wire = new RecordingAddress(swtpm.address());
    try (Tpm tpm = Tpm.open(wire, RANDOM, duration -> {});
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root);
        SecretBytes secret = SecretBytes.take(expected.toArray())) {
      PolicyDigest policy = PolicyDigest.start().pcrs(tpm.pcrs().read(PCR));
      Duplicate duplicate = Duplicate.seal(root.publicArea(), policy, secret, RANDOM);
      KeyBlob blob = tpm.keys().importSealed(root, duplicate, session);
      try (TpmObject sealed = tpm.keys().load(root, blob, session);
          PolicySession opened = tpm.startPolicy(root)) {
        opened.pcrs(PCR);
        try (SecretBytes unsealed = tpm.keys().unseal(sealed, opened)) {
          assertEquals(expected, unsealed.reveal(Bytes::of));
        }
      }
      Duplicate changed =
          new Duplicate(
              duplicate.publicArea(), flipped(duplicate.duplicate()), duplicate.encryptedSeed());
      TpmException refused =
          assertThrows(TpmException.class, () -> tpm.keys().importSealed(root, changed, session));
      assertEquals(TpmFailure.NOT_OURS, refused.failure(), refused.getMessage());
    }
    assertFalse(wire.carried(expected));
  }

  @Test
  void moreObjectsThanThereArePlacesForAreUsedByPuttingSomeOutside() throws Exception {
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      KeyBlob blob = tpm.keys().create(root, KeyTemplates.signingKey(), session);
      SavedContext[] outside = new SavedContext[4];
      for (int i = 0; i < outside.length; i++) {
        outside[i] = tpm.keys().save(tpm.keys().load(root, blob, session));
      }
      for (SavedContext saved : outside) {
        try (TpmObject key = tpm.keys().restore(saved)) {
          tpm.keys().sign(key, dev.bartizan.crypto.Digest.of(new byte[1]), session);
        }
      }
    }
  }

  @Test
  void anObjectPutOutsideIsGoneAfterAReset() throws Exception {
    SavedContext saved;
    try (Tpm tpm = swtpm.open()) {
      saved = tpm.keys().save(root(tpm));
    }
    swtpm.restart();
    try (Tpm tpm = swtpm.open()) {
      assertThrows(TpmException.class, () -> tpm.keys().restore(saved));
    }
  }

  @Test
  void aPersistentKeyCanBeTakenAwayAgain() throws Exception {
    int handle = 0x8100_00f0;
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm)) {
      tpm.keys().persist(root, handle);
      tpm.keys().evict(tpm.keys().findPersistent(handle).orElseThrow());
      assertTrue(tpm.keys().findPersistent(handle).isEmpty());
    }
  }

  // Attack: the answer says that the session is over, or that nothing was encrypted.
  @Test
  void anAnswerWithOtherSessionAttributesIsRefused() throws Exception {
    InterposedAddress changed =
        new InterposedAddress(
            swtpm.address(),
            (code, answer) -> {
              if (code == CommandCode.CREATE_PRIMARY) {
                // The password's answer: empty nonce, attributes, empty code.
                answer[answer.length - 3] ^= 1;
              }
              return answer;
            });
    try (Tpm tpm = Tpm.open(changed, RANDOM, duration -> {})) {
      TpmException refused = assertThrows(TpmException.class, () -> root(tpm));
      assertEquals(TpmFailure.GARBAGE, refused.failure());
    }
  }

  private static TpmObject root(Tpm tpm) throws IOException {
    return tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
  }

  private static byte[] random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static Bytes flipped(Bytes content) {
    byte[] changed = content.toArray();
    changed[changed.length - 1] ^= 1;
    return Bytes.of(changed);
  }
}

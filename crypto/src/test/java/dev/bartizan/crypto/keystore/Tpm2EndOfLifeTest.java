// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmSession;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys that are ended for good, and what a copy of their disk is worth then. */
class Tpm2EndOfLifeTest extends KeysOverALife {
  // Attack: a copy of the disk of a device that was decommissioned, put back into the same chip.
  @Test
  void aRetiredUnwrapKeyStaysClosedOnEveryCopyAndTheIndicesAreGone() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    MemoryBlobStore copy = new MemoryBlobStore();
    copy.put(Tpm2Keystore.BLOB, blobs.find(Tpm2Keystore.BLOB).orElseThrow());
    anchor(keystore).write(STATE);
    assertEquals(Set.of(KeyPurpose.UNWRAP), keystore.retire());
    keystore.retire();
    assertRefused("ANCHOR_MISSING", keystore);
    try (Tpm tpm = chip.open()) {
      assertEquals(Optional.empty(), tpm.nv().find(UnwrapPolicy.EPOCH_INDEX));
      assertEquals(Optional.empty(), tpm.nv().find(0x0180_ba11));
    }
    // It still has to say so.
    assertTrue(keystore.signDigest(Digest.of(STATE.toArray())).length() > 0);
    Tpm2Keystore anew = Tpm2Keystore.create(access(chip.address()), new MemoryBlobStore(), FIXED);
    assertAgrees(anew);
    assertRefused("EPOCH_OVER", Tpm2Keystore.open(access(chip.address()), copy));
  }

  @Test
  void anIndexOfTheSameNumberThatIsSomebodyElsesStays() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    NvIndex stranger = NvIndex.counter(UnwrapPolicy.EPOCH_INDEX);
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      tpm.nv().undefine(tpm.nv().find(UnwrapPolicy.EPOCH_INDEX).orElseThrow(), session);
      tpm.nv().define(stranger, session);
    }
    keystore.retire();
    try (Tpm tpm = chip.open()) {
      assertTrue(tpm.nv().find(UnwrapPolicy.EPOCH_INDEX).isPresent());
    }
  }

  @Test
  void keysOfTheNextEpochHaveAnotherIdentityAndTheSameName() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    Tpm2Keystore next = new Tpm2Renewal(access(chip.address()), blobs, PcrApprovals.NONE).prepare();
    assertEquals(keystore.ueid(), next.ueid());
    assertEquals(
        keystore.publicKey(KeyPurpose.ATTESTATION), next.publicKey(KeyPurpose.ATTESTATION));
    assertNotEquals(keystore.publicKey(KeyPurpose.IDENTITY), next.publicKey(KeyPurpose.IDENTITY));
    assertNotEquals(keystore.publicKey(KeyPurpose.UNWRAP), next.publicKey(KeyPurpose.UNWRAP));
  }
}

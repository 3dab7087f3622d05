// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ends of epochs: what keys of before them still open. */
class Tpm2EpochTest extends KeysOverALife {
  // Attack: the disk from before the epoch ended, in the same chip.
  @Test
  void afterTheEndOfTheirEpochOldKeysStayClosedForGood() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    keystore.endEarlierEpochs();
    assertAgrees(keystore);
    DeviceKeystore renewed = renewal().prepare();
    assertAgrees(renewed);
    assertAgrees(keystore);
    renewed.endEarlierEpochs();
    renewed.endEarlierEpochs();
    assertRefused("EPOCH_OVER", keystore);
    assertAgrees(renewed);
    chip.restart();
    assertRefused("EPOCH_OVER", Tpm2Keystore.open(access(chip.address()), blobs));
    MemoryBlobStore old = new MemoryBlobStore();
    old.put(Tpm2Keystore.BLOB, blobs.find(Tpm2Keystore.BLOB).orElseThrow());
    Tpm2Renewal tooLate = new Tpm2Renewal(access(chip.address()), old, PcrApprovals.NONE);
    assertEquals("EPOCH_OVER", assertThrows(KeystoreRefusal.class, tooLate::prepare).code());
    MemoryBlobStore anew = new MemoryBlobStore();
    assertAgrees(Tpm2Keystore.create(access(chip.address()), anew, FIXED));
    assertRefused("EPOCH_OVER", Tpm2Keystore.open(access(chip.address()), blobs));
  }

  @Test
  void whichUnwrapKeyIsInUseTheCertificateDecidesThroughAnyPowerCut() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    anchor(keystore).write(STATE);
    ECPublicKey before = keystore.publicKey(KeyPurpose.UNWRAP);
    ECPublicKey after = renewal().prepare().publicKey(KeyPurpose.UNWRAP);
    chip.restart();
    assertEquals(after, renewal().prepare().publicKey(KeyPurpose.UNWRAP), "prepared once");
    renewal().complete(before);
    assertEquals(before, reopened().publicKey(KeyPurpose.UNWRAP));
    renewal().complete(after);
    renewal().complete(after);
    assertEquals(after, reopened().publicKey(KeyPurpose.UNWRAP));
    assertAgrees(reopened());
    assertEquals(Optional.of(STATE), anchor(reopened()).read());
    assertNotEquals(after, renewal().prepare().publicKey(KeyPurpose.UNWRAP), "prepared anew");
    renewal().complete(after);
    assertEquals(after, reopened().publicKey(KeyPurpose.UNWRAP));
  }

  // Attack: the owner's password is empty, so whoever boots anything can take indices away.
  @Test
  void aCounterThatWasTakenAwayOrMadeAnewOpensNothing() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    undefine(epoch());
    assertRefused("ANCHOR_MISSING", keystore);
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      NvIndex again = NvIndex.counter(UnwrapPolicy.EPOCH_INDEX);
      tpm.nv().define(again, session);
      tpm.nv().increment(again, session);
    }
    assertThrows(Exception.class, () -> keystore.agree((ECPublicKey) p256().getPublic()).close());
  }

  // Attack: denial of service by anybody who reaches the TPM: a raised counter ends keys for good.
  @Test
  void theEpochIsNotRaisedByAPasswordNorInAnotherBootState() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    NvIndex epoch = epoch();
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      assertThrows(IOException.class, () -> tpm.nv().increment(epoch, session));
    }
    assertAgrees(keystore);
    Tpm2Keystore renewed = renewal().prepare();
    keystore.measure(7, Digest.of(STATE.toArray()));
    assertEquals(
        "PCR_MISMATCH", assertThrows(KeystoreRefusal.class, renewed::endEarlierEpochs).code());
    chip.restart();
    assertAgrees(keystore);
  }

  @Test
  void keysMadeAnewInAnotherBootStateCountTheirEpochsAnew() throws Exception {
    Tpm2Keystore earlier = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    earlier.measure(7, Digest.of(STATE.toArray()));
    Tpm2Keystore later = Tpm2Keystore.create(access(chip.address()), new MemoryBlobStore(), FIXED);
    assertAgrees(later);
    later.endEarlierEpochs();
    assertAgrees(later);
  }

  private NvIndex epoch() throws Exception {
    try (Tpm tpm = chip.open()) {
      return tpm.nv().find(UnwrapPolicy.EPOCH_INDEX).orElseThrow();
    }
  }

  private Tpm2Renewal renewal() {
    return new Tpm2Renewal(access(chip.address()), blobs, PcrApprovals.NONE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmHash;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootStateTest {
  private static final Digest WORD = Digest.of(new byte[] {1});

  // Attack: the command line or the initial file system is changed, or a signed live system booted.
  @Test
  void aKeyIsBoundToAllThatSaysWhichCodeRuns() throws Exception {
    try (Swtpm chip = Swtpm.unmeasured()) {
      FirmwareBoot.play(FirmwareBoot.log("kernel", LogHash.SHA256), chip);
      assertEquals(PcrSelection.parse("sha256:4,7,8,9"), bound(chip, Optional.empty()));
      Tpm2Keystore keystore =
          Tpm2Keystore.create(access(chip), new MemoryBlobStore(), bound(chip, Optional.empty()));
      chip.extend(9, WORD);
      KeystoreRefusal refusal =
          assertThrows(
              KeystoreRefusal.class, () -> keystore.agree(keystore.publicKey(KeyPurpose.IDENTITY)));
      assertEquals("PCR_MISMATCH", refusal.code());

      chip.restart();
      for (int pcr : List.of(0, 4, 7, 9, 11, 13)) {
        chip.extend(pcr, WORD);
      }
      assertEquals(PcrSelection.parse("sha256:4,7,11,13"), bound(chip, Optional.empty()));
      // What the agent itself has measured says nothing of the boot.
      assertEquals(PcrSelection.parse("sha256:4,7,11"), bound(chip, Optional.of(13)));
    }
  }

  // Attack: a bank is switched on, firmware does not measure into it: its zeros fit any boot.
  @Test
  void nothingIsSealedToABankThatFirmwareDoesNotExtend() throws Exception {
    try (Swtpm chip = Swtpm.withBanks("sha256,sha384")) {
      MemoryBlobStore blobs = new MemoryBlobStore();
      KeystoreRefusal refusal =
          assertThrows(
              KeystoreRefusal.class,
              () -> Tpm2Keystore.create(access(chip), blobs, PcrSelection.parse("sha384:0,4,7")));
      assertEquals("BANK_NOT_EXTENDED", refusal.code());
      assertEquals(Map.of(), blobs.image());
      assertThrows(
          KeystoreRefusal.class,
          () ->
              BootState.toBind(
                  access(chip),
                  TpmHash.SHA384,
                  Optional.empty(),
                  Optional.empty(),
                  PcrApprovals.NONE));
      Tpm2Keystore.create(access(chip), blobs, PcrSelection.parse("sha256:7"));
    }
  }

  private static PcrSelection bound(Swtpm chip, Optional<Integer> agents) throws Exception {
    return BootState.toBind(
        access(chip), TpmHash.SHA256, agents, Optional.empty(), PcrApprovals.NONE);
  }

  private static TpmAccess access(Swtpm chip) {
    return new TpmAccess(chip.address(), new SecureRandom(), pause -> {});
  }
}

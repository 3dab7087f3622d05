// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which PCRs of a device say what runs on it, as far as its present boot has extended them. */
public final class BootState {
  /** Loader and kernel, Secure Boot, GRUB's commands, the files GRUB has read. */
  private static final List<Integer> OF_GRUB = List.of(4, 7, 8, 9);

  /** The image, Secure Boot, its parts, its command line, its extensions. */
  private static final List<Integer> OF_IMAGE = List.of(4, 7, 11, 12, 13);

  private static final int LOADED_CODE = 4;
  private static final int SECURE_BOOT = 7;
  private static final int IMAGE = 11;

  private BootState() {}

  /**
   * The PCRs that an unwrap key has to be bound to by value: what says which code runs, without
   * what the authority has approved of it. An approved image (PCR 11) is all of what PCR 4 has of
   * it.
   *
   * @param agents the PCR that the agent has measured into, if it has: no part of the boot
   * @throws KeystoreRefusal {@code BANK_NOT_EXTENDED}
   */
  public static PcrSelection toBind(
      TpmAccess access,
      TpmHash bank,
      Optional<Integer> agents,
      Optional<TpmPublic> authority,
      PcrApprovals approvals)
      throws IOException, KeystoreRefusal {
    try (Tpm tpm = access.open()) {
      PcrValues held = tpm.pcrs().read(selection(bank, BootPcrs.ALL));
      requireMeasured(bank, held);
      Set<Integer> extended = new TreeSet<>(BootPcrs.ALL);
      extended.removeIf(pcr -> !BootPcrs.isExtended(pcr, held.find(bank, pcr).orElseThrow()));
      agents.ifPresent(extended::remove);
      Set<Integer> bound = new TreeSet<>(extended.contains(IMAGE) ? OF_IMAGE : OF_GRUB);
      bound.retainAll(extended);
      bound.add(SECURE_BOOT);
      Set<Integer> approved = approved(tpm, bank, authority, approvals);
      bound.removeAll(approved);
      if (approved.contains(IMAGE)) {
        bound.remove(LOADED_CODE);
      }
      return bound.isEmpty() ? new PcrSelection(List.of()) : selection(bank, List.copyOf(bound));
    }
  }

  /** Nothing is sealed to a bank that firmware does not measure into: it fits any boot. */
  static void requireMeasured(Tpm tpm, TpmHash bank) throws IOException, KeystoreRefusal {
    requireMeasured(bank, tpm.pcrs().read(selection(bank, BootPcrs.FIRMWARE)));
  }

  private static void requireMeasured(TpmHash bank, PcrValues held) throws KeystoreRefusal {
    if (!BootPcrs.isMeasured(bank, held)) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BANK_NOT_EXTENDED,
          "firmware measures nothing into bank "
              + bank.text()
              + ": PCR 0 to 7 are as at power-on, whatever was booted");
    }
  }

  private static Set<Integer> approved(
      Tpm tpm, TpmHash bank, Optional<TpmPublic> authority, PcrApprovals approvals)
      throws IOException, KeystoreRefusal {
    Set<Integer> approved = new TreeSet<>();
    try {
      if (authority.isPresent()) {
        PcrApproval present = UnwrapPolicy.approvalFor(tpm, authority.get(), approvals);
        present.pcrs().banks().stream()
            .filter(it -> it.hash() == bank)
            .forEach(it -> approved.addAll(it.pcrs()));
      }
    } catch (TpmRefusal unusable) {
      throw new IOException("the authority's key is unusable", unusable);
    }
    return approved;
  }

  private static PcrSelection selection(TpmHash bank, List<Integer> pcrs) {
    int mask = 0;
    for (int pcr : pcrs) {
      mask |= 1 << pcr;
    }
    return new PcrSelection(List.of(new PcrBank(bank, mask)));
  }
}

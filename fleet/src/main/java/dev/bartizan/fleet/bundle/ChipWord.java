// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.bundle.BundleAnswer.Word;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.ShownEndorsement;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import dev.bartizan.protocol.result.TrustTier;
import java.util.List;
import java.util.Optional;

/** Who says that a device's chip is one, as far as a verifier with roots of his own can tell. */
final class ChipWord {
  private static final String ELEMENT = "the chip";

  private ChipWord() {}

  /** A device without a chip, or one that the operator allowed, is a warning in any result. */
  static void judge(
      Device device, Optional<EndorsementRoots> makers, List<Reason> caveats, List<Word> words) {
    if (device.chip().isEmpty()) {
      words.add(new Word(ELEMENT, "the device", "keys in " + device.keystore().text()));
      return;
    }
    Device.Chip chip = device.chip().get();
    if (chip.isWithoutCertificate()) {
      words.add(new Word(ELEMENT, "the operator", "no maker has certified it"));
      return;
    }
    Optional<ShownEndorsement> shown = chip.endorsement().shown();
    if (shown.isEmpty() || makers.isEmpty()) {
      String why =
          makers.isEmpty()
              ? "no roots of chip makers were given"
              : "the chip's certificates are not in the bundle";
      words.add(new Word(ELEMENT, "the server", why));
      caveats.add(new Reason(TrustTier.WARNING, "NO_ENDORSEMENT_SHOWN", why));
      return;
    }
    try {
      makers.get().requireAgain(shown.get(), device.ueid(), device.enrolledAt());
      words.add(new Word(ELEMENT, "its maker", "by the roots given, as of " + device.enrolledAt()));
    } catch (Refusal notBelieved) {
      words.add(new Word(ELEMENT, "the server", "its maker is not believed"));
      caveats.add(
          new Reason(
              TrustTier.CONTRAINDICATED,
              "ENDORSEMENT_NOT_BELIEVED",
              String.valueOf(notBelieved.getMessage())));
    }
  }
}

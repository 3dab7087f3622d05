// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What tiers, claims of AR4SI and codes of reasons mean, for who has read none of them. */
final class ReasonWords {
  private static final int APPROVED = 2;

  private static final Map<String, String> CODES =
      Map.ofEntries(
          Map.entry("UNKNOWN_DEVICE", "This device was never enrolled here"),
          Map.entry("QUARANTINED", "The operator does not trust this device for now"),
          Map.entry("REVOKED", "The operator does not trust this device any more"),
          Map.entry("DECOMMISSIONED", "This device was taken out of service"),
          Map.entry("NO_EK_CERTIFICATE", "No chip maker vouches for this device's chip"),
          Map.entry("NO_CHIP", "This device has no chip that vouches for it"),
          Map.entry("NO_QUOTE", "The chip has signed nothing of how the device booted"),
          Map.entry("BAD_QUOTE", "The chip's signed statement does not hold"),
          Map.entry("BAD_CLAIMS_SIGNATURE", "The device's own claims are not signed by its key"),
          Map.entry("ANOTHER_ATTESTATION_KEY", "Another key than the enrolled one was shown"),
          Map.entry("WRONG_NONCE", "This answers another question than the one asked"),
          Map.entry("NOT_BOUND", "The chip's statement is not about these claims"),
          Map.entry("EXPIRED", "The evidence is too old"),
          Map.entry("NOT_YET_VALID", "The evidence is from the future"),
          Map.entry("IDENTITY_EXPIRED", "The device's certificate had run out"),
          Map.entry("IDENTITY_NOT_YET_VALID", "The device's certificate was not valid yet"),
          Map.entry("BOOT_COUNT_WENT_BACK", "This is from an earlier boot than one already seen"),
          Map.entry("WEAK_BANK", "Measurements in SHA-1 prove nothing"),
          Map.entry("PCRS_NOT_QUOTED", "The values shown are not those the chip has signed"),
          Map.entry("LOG_DOES_NOT_REPLAY", "A log does not lead to what the chip holds"),
          Map.entry("BANK_NOT_EXTENDED", "Firmware does not measure into this bank"),
          Map.entry("BOOT_LOG_BANK", "The boot's log is of another bank than the one signed"),
          Map.entry("BOOT_LOG_DOES_NOT_REPLAY", "The boot's log does not lead to what is signed"),
          Map.entry("BOOT_LOG_REFUSED", "The boot's log cannot be read"),
          Map.entry("NO_BOOT_LOG", "There is no log of the boot"),
          Map.entry("PCR_MISMATCH", "A measured value is not the one that was signed as good"),
          Map.entry("PCR_NOT_JUDGED", "Something was measured that nobody has spoken of"),
          Map.entry("PCR_NOT_QUOTED", "The chip was not asked for a value that counts"),
          Map.entry("SECURE_BOOT", "Firmware lets code start that nobody has signed"),
          Map.entry("UNEXPECTED_EVENT", "Something was measured that no good boot measures"),
          Map.entry("NO_REFERENCE", "Nobody has said what a good boot of this device is"),
          Map.entry("UNKNOWN_SOFTWARE", "The agent is no version that was signed"),
          Map.entry("SOFTWARE_NOT_MEASURED", "The agent did not measure itself first"),
          Map.entry("UNKNOWN_MODEL", "A model is no release that was signed"),
          Map.entry("MODEL_NOT_MEASURED", "A model serves that was never measured"),
          Map.entry("AGENT_PCR", "The agent measures where it can be taken back"),
          Map.entry("SELF_CHECK_FAILED", "The device itself says that something is wrong"),
          Map.entry("REFERENCES_NOT_CURRENT", "Reference values could not be brought up to date"),
          Map.entry("REFERENCES_STALE", "Reference values are too old to affirm anything"));

  private ReasonWords() {}

  static String verdict(TrustTier tier) {
    return switch (tier) {
      case NONE -> "Nothing can be said of this device.";
      case AFFIRMING -> "Affirming: this device is what it should be.";
      case WARNING -> "Warning: not all of this device is known to be as it should be.";
      case CONTRAINDICATED -> "Contraindicated: this device is not what it should be.";
    };
  }

  /** The code again where there are no better words. */
  static String of(String code) {
    return CODES.getOrDefault(code, code.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  static String element(TrustClaim claim) {
    return switch (claim) {
      case INSTANCE_IDENTITY -> "Who it is (instance-identity)";
      case CONFIGURATION -> "Settings (configuration)";
      case EXECUTABLES -> "Code (executables)";
      case FILE_SYSTEM -> "Models (file-system)";
      case HARDWARE -> "Chip (hardware)";
      case RUNTIME_OPAQUE -> "Memory hidden from the host (runtime-opaque)";
      case STORAGE_OPAQUE -> "Keys at rest (storage-opaque)";
      case SOURCED_DATA -> "Data from elsewhere (sourced-data)";
    };
  }

  static String meaning(TrustClaim claim, Optional<Integer> value) {
    if (value.isEmpty()) {
      return "Nothing was said of it.";
    }
    return switch (TrustTier.of(value.get())) {
      case NONE -> "Nothing can be said of it.";
      case AFFIRMING ->
          claim == TrustClaim.EXECUTABLES && value.get() > APPROVED
              ? "As it should be, at boot."
              : "As it should be.";
      case WARNING -> "Not known to be as it should be; see the reasons.";
      case CONTRAINDICATED -> "Not as it should be; see the reasons.";
    };
  }
}

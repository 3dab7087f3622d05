// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrSelection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The boot states in which a TPM lets the unwrap key work. What is said here counts when the keys
 * are made; afterwards it is in their policy, and only {@code approvals} is still looked at.
 *
 * @param pcrs must always hold what they hold when the keys are made; may be none with an
 *     authority. Without this, those that the boot extends and the authority does not approve
 * @param authority whose signature approves what other PCRs may hold
 * @param approvals files of such signatures, beside the one the repository has for the profile
 * @param attestation the kind of attestation key
 */
public record BootBinding(
    Optional<PcrSelection> pcrs,
    Authority authority,
    List<Path> approvals,
    AttestationKind attestation) {
  private static final String DIRECTORY = "/run/systemd/";
  private static final Path OF_IMAGE = Path.of(DIRECTORY + "tpm2-pcr-public-key.pem");
  private static final String SIGNATURES = DIRECTORY + "tpm2-pcr-signature.json";
  private static final String NONE = "none";
  private static final String PCRS = "bound_pcrs";

  /** A public key in PEM. */
  public sealed interface Authority {
    /** The PCRs are all there is. */
    record None() implements Authority {}

    /** That of the kernel image, where systemd-stub has left one; none elsewhere. */
    record OfImage(Path file) implements Authority {}

    /** This one, which has to be there. */
    record Given(Path file) implements Authority {}
  }

  public BootBinding {
    approvals = List.copyOf(approvals);
  }

  static BootBinding read(ConfigTable table) throws ConfigRefusal {
    Authority authority = authority(table);
    Optional<String> pcrs = table.findText(PCRS);
    boolean none = pcrs.equals(Optional.of(NONE));
    if (none && !(authority instanceof Authority.Given)) {
      throw table.refusal(PCRS, "is \"none\", which keystore.authority has to make up for");
    }
    return new BootBinding(
        pcrs.isEmpty()
            ? Optional.empty()
            : Optional.of(
                none ? new PcrSelection(List.of()) : AgentConfig.pcrs(table, PCRS, pcrs.get())),
        authority,
        table.paths("approvals", SIGNATURES),
        table.choice("attestation_key", AttestationKind.ECC_P256, AttestationKind::text));
  }

  private static Authority authority(ConfigTable table) throws ConfigRefusal {
    if (table.findText("authority").isEmpty()) {
      return new Authority.OfImage(OF_IMAGE);
    }
    return table.text("authority").equals(NONE)
        ? new Authority.None()
        : new Authority.Given(table.path("authority", NONE));
  }
}

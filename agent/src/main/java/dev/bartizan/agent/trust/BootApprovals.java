// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The boot states that were approved by signature: what systemd-stub has unpacked from the kernel
 * image, and what the repository has for this profile, so that a kernel can be approved before it
 * boots.
 *
 * <p>Where an approval comes from decides nothing, the TPM checks each. So one place that cannot be
 * read does not spoil the others; with nothing from any, it is what is said.
 */
public final class BootApprovals implements PcrApprovals {
  private final List<Path> files;
  private final Optional<TrustedDocuments> documents;
  private final String profile;

  /**
   * @param documents none before there are any: at enrolment
   */
  public BootApprovals(List<Path> files, Optional<TrustedDocuments> documents, String profile) {
    this.files = List.copyOf(files);
    this.documents = documents;
    this.profile = profile;
  }

  /**
   * Those that the configuration names; none for a keystore that asks for none.
   *
   * @param documents none before there are any: at enrolment
   */
  public static PcrApprovals of(AgentConfig config, Optional<TrustedDocuments> documents) {
    return config.keystore().backend() instanceof KeystoreBackend.Tpm2 tpm
        ? new BootApprovals(tpm.binding().approvals(), documents, config.device().profile())
        : PcrApprovals.NONE;
  }

  @Override
  public List<PcrApproval> current() throws IOException {
    List<PcrApproval> approvals = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Path file : files) {
      try {
        approvals.addAll(ofFile(file));
      } catch (Malformed unreadable) {
        refusals.add(unreadable);
      }
    }
    try {
      approvals.addAll(ofRepository());
    } catch (Refusal unreadable) {
      refusals.add(unreadable);
    }
    if (approvals.isEmpty() && !refusals.isEmpty()) {
      throw new IOException(Explanation.of(refusals.get(0)), refusals.get(0));
    }
    return approvals;
  }

  private List<PcrApproval> ofRepository() throws IOException, Refusal {
    if (documents.isEmpty()) {
      return List.of();
    }
    String target = ReferenceTargets.approvals(profile);
    Optional<byte[]> document = documents.get().find(target, PcrApproval.MAX_LENGTH);
    return document.isEmpty() ? List.of() : PcrApproval.parse(document.get(), target);
  }

  /**
   * What one file approves; nothing when it is not there.
   *
   * @throws Malformed naming it
   */
  @TouchesTheWorld("reads the kernel image's approvals, which systemd has put there")
  public static List<PcrApproval> ofFile(Path file) throws IOException, Malformed {
    if (!Files.exists(file)) {
      return List.of();
    }
    if (!Files.isRegularFile(file) || Files.size(file) > PcrApproval.MAX_LENGTH) {
      throw new Malformed(file + ": is not a file of at most " + PcrApproval.MAX_LENGTH + " bytes");
    }
    return PcrApproval.parse(Files.readAllBytes(file), file.toString());
  }
}

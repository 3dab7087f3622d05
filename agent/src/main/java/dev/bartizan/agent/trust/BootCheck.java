// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.tuf.TargetFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Judges the boot chain and the agent's own files against what the fleet has signed. */
public final class BootCheck {
  private final Protection.Kind keystore;
  private final BootEvidence evidence;
  private final OwnFiles files;
  private final TrustedDocuments documents;
  private final String profile;

  /**
   * @param keystore what this device's keys are in
   * @param evidence what firmware and systemd have measured
   * @param profile the hardware profile whose reference values apply
   */
  public BootCheck(
      Protection.Kind keystore,
      BootEvidence evidence,
      OwnFiles files,
      TrustedDocuments documents,
      String profile) {
    this.keystore = keystore;
    this.evidence = evidence;
    this.files = files;
    this.documents = documents;
    this.profile = profile;
  }

  /** Where this version of the agent has its manifest among the targets. */
  public String softwareTarget() {
    return files.installation().release().softwareTarget();
  }

  /**
   * Looks at everything now.
   *
   * @throws Refusal when a signed document is malformed, or the keystore is another one
   * @throws IOException when the keystore or the disk cannot be read
   */
  public ChainVerdict examine() throws Refusal, IOException {
    // Some hundred megabytes are hashed while the TPM is asked.
    Future<Map<String, SoftwareFile>> hashed = files.take();
    ChainVerdict firmware = firmware();
    return missing().then(keystore()).then(firmware).then(software(OwnFiles.await(hashed)));
  }

  /** The targets of the documents this device lives by. */
  public List<String> documents() {
    return List.of(
        DevicePolicy.TARGET,
        softwareTarget(),
        ReferenceTargets.values(profile),
        ReferenceTargets.approvals(profile));
  }

  /**
   * What {@link #examine} judges by, as one digest. It is another when one of those documents is
   * signed anew, is here at last, or is not here any more; no new timestamp alone makes it another.
   * Empty on a device that never had documents.
   */
  public Optional<Digest> basis() throws Refusal, IOException {
    if (!documents.isInitialised()) {
      return Optional.empty();
    }
    List<String> missing = documents.missing(documents());
    StringBuilder basis = new StringBuilder();
    for (String path : documents()) {
      Optional<TargetFile> target = documents.target(path);
      String signed = target.isPresent() ? target.get().sha256().hex() : "not signed";
      String held = missing.contains(path) ? "missing" : "";
      basis.append(path).append(' ').append(signed).append(' ').append(held).append('\n');
    }
    return Optional.of(Digest.of(basis.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** What was signed and is not here any more is no better than what was changed. */
  private ChainVerdict missing() throws Refusal, IOException {
    return new ChainVerdict(
        documents.missing(documents()).stream()
            .map(it -> Link.bad("document " + it, "as signed", "missing on this device"))
            .toList());
  }

  /** Says something only where policy does. */
  private ChainVerdict keystore() throws Refusal, IOException {
    Optional<byte[]> document = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
    if (document.isEmpty()) {
      return new ChainVerdict(List.of());
    }
    DevicePolicy policy = DevicePolicy.parse(document.get());
    if (policy.keystores().isEmpty()) {
      return new ChainVerdict(List.of());
    }
    String expected =
        policy.keystores().stream()
            .map(Protection.Kind::text)
            .sorted()
            .collect(Collectors.joining(" or "));
    Verdict verdict = policy.accepts(keystore) ? Verdict.GOOD : Verdict.BAD;
    return new ChainVerdict(List.of(new Link("keystore", verdict, expected, keystore.text())));
  }

  /** Begins to hash the agent's files, beside other work, for what follows. */
  public void begin() {
    files.begin();
  }

  /**
   * The agent's files as they lie there, as an event to measure: the digest of the manifest they
   * would have. Where that is the signed one, they are those files. What is measured is what the
   * next {@link #examine} judges.
   */
  public AgentEvent ownFiles() throws IOException {
    SoftwareManifest found = new SoftwareManifest(files.installation().release(), files.keep());
    return new AgentEvent(AgentEvent.Kind.SOFTWARE, Digest.of(found.toJson()), softwareTarget());
  }

  private ChainVerdict firmware() throws Refusal, IOException {
    if (!keystore.attests()) {
      String why = "a keystore that can read PCRs";
      return new ChainVerdict(List.of(Link.unknown("boot PCRs", why, keystore.text())));
    }
    String target = ReferenceTargets.values(profile);
    Optional<byte[]> document = documents.find(target, ReferenceValues.MAX_LENGTH);
    ReferenceValues reference =
        document.isPresent()
            ? ReferenceValues.parse(document.get())
            : ReferenceValues.none(profile);
    return evidence.judge(reference);
  }

  private ChainVerdict software(Map<String, SoftwareFile> found) throws Refusal, IOException {
    Optional<byte[]> document = documents.find(softwareTarget(), SoftwareManifest.MAX_LENGTH);
    if (document.isEmpty()) {
      String why = "no signed manifest of agent " + files.installation().version();
      return new ChainVerdict(List.of(Link.unknown("agent files", why, found.size() + " files")));
    }
    return compare(SoftwareManifest.parse(document.get()).files(), found);
  }

  private static ChainVerdict compare(
      Map<String, SoftwareFile> signed, Map<String, SoftwareFile> found) {
    TreeSet<String> paths = new TreeSet<>(signed.keySet());
    paths.addAll(found.keySet());
    List<Link> links = new ArrayList<>();
    for (String path : paths) {
      String expected = digest(signed, path);
      String actual = digest(found, path);
      Verdict verdict = expected.equals(actual) ? Verdict.GOOD : Verdict.BAD;
      links.add(new Link("file " + path, verdict, expected, actual));
    }
    return new ChainVerdict(links);
  }

  private static String digest(Map<String, SoftwareFile> files, String path) {
    SoftwareFile file = files.get(path);
    return file == null ? "no such file" : file.digest().hex();
  }
}

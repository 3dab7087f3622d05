// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.BundleWriter;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What devices that no network reaches need of a release: all signed metadata and documents, its
 * files, and its content key for those of them that are named.
 */
public final class ReleaseBundle {
  private final AuthorRepository repository;
  private final KeyWrapping wrapping;
  private final List<X509Certificate> recipients;
  private final BundleWriter bundle;

  /**
   * @param recipients unwrap certificates of the devices that are to open it
   */
  public ReleaseBundle(
      AuthorRepository repository,
      KeyWrapping wrapping,
      List<X509Certificate> recipients,
      BundleWriter bundle) {
    this.repository = repository;
    this.wrapping = wrapping;
    this.recipients = List.copyOf(recipients);
    this.bundle = bundle;
  }

  /** Writes one release of a model. */
  public void writeModel(TrustedTargets signed, ReleaseName release) throws IOException, Refusal {
    writeDocuments(signed);
    addModel(signed, release);
  }

  /** Writes a suite with all its members. */
  public void writeSuite(TrustedTargets signed, ReleaseName release) throws IOException, Refusal {
    writeDocuments(signed);
    TargetFile target = signed.get(release.suiteTarget());
    SuiteManifest suite = SuiteManifest.parse(repository.content(signed, target));
    bundle.add(AuthorRepository.place(signed, target));
    for (Map.Entry<String, SuiteManifest.Member> member : suite.members().entrySet()) {
      String version = member.getValue().version();
      if (SuiteManifest.isSoftware(member.getKey())) {
        addSoftware(signed, SuiteManifest.memberTarget(member.getKey(), version));
      } else {
        addModel(signed, new ReleaseName(member.getKey(), version));
      }
    }
  }

  /** What a device asks for first. */
  private void writeDocuments(TrustedTargets signed) throws IOException, Refusal {
    bundle.addAll("metadata");
    for (String documents : List.of("policy/", "reference/", "software/")) {
      for (TargetFile small : signed.list(documents).values()) {
        bundle.add(AuthorRepository.place(signed, small));
      }
    }
  }

  private void addSoftware(TrustedTargets signed, String path) throws IOException, Refusal {
    byte[] document = repository.content(signed, signed.get(path));
    for (SoftwareFile file : SoftwareManifest.parse(document).files().values()) {
      bundle.add(SoftwareManifest.path(file.digest()));
    }
  }

  private void addModel(TrustedTargets signed, ReleaseName release) throws IOException, Refusal {
    TargetFile target = signed.get(release.modelTarget());
    ReleaseManifest manifest = ReleaseManifest.parse(repository.content(signed, target));
    bundle.add(AuthorRepository.place(signed, target));
    for (Map.Entry<String, Bytes> key : wrapping.toDevices(release, recipients).entrySet()) {
      bundle.add(key.getKey(), key.getValue());
    }
    for (EncryptedFile artifact : artifacts(manifest)) {
      bundle.add(artifact.path());
    }
  }

  private static List<EncryptedFile> artifacts(ReleaseManifest manifest) {
    List<EncryptedFile> artifacts = new ArrayList<>();
    manifest.golden().ifPresent(golden -> artifacts.add(golden.file()));
    manifest.deltas().stream().map(DeltaOffer::file).forEach(artifacts::add);
    artifacts.add(manifest.whole());
    return artifacts;
  }
}

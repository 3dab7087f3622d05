// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.software.AgentFiles;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lays a version of the agent down in the directory that is free. Files that the running version
 * has too are copied from it; only the others are fetched.
 */
public final class SoftwarePayloads implements ComponentPayloads {
  private static final int PIECE = 1 << 20;

  private final TrustedDocuments documents;
  private final Delivery delivery;
  private final ObjectStore store;
  private final AgentVersions versions;
  private final Installation running;
  private final boolean isLaunched;

  /** Where the running version has a file, once that has been asked. */
  private final Map<SoftwareFile, String> here = new HashMap<>();

  /**
   * @param isLaunched whether the launcher that started this process would start another version
   */
  public SoftwarePayloads(
      TrustedDocuments documents,
      Delivery delivery,
      ObjectStore store,
      AgentVersions versions,
      Installation running,
      boolean isLaunched) {
    this.documents = documents;
    this.delivery = delivery;
    this.store = store;
    this.versions = versions;
    this.running = running;
    this.isLaunched = isLaunched;
  }

  @Override
  public UpdatePlan look(ComponentName component, Release to, Components installed)
      throws IOException, Refusal {
    if (versions.slotOf(to.manifest()).isPresent()) {
      return new UpdatePlan(new TransferStrategy.Files(), List.of(), 0, 0);
    }
    SoftwareManifest manifest = SoftwareManifest.parse(manifestOf(component, to));
    long missing = 0;
    for (SoftwareFile file : manifest.files().values()) {
      missing += store.holds(file.digest()) || filesHere().containsKey(file) ? 0 : file.length();
    }
    // Each file is in the store and in its directory for a moment.
    return new UpdatePlan(new TransferStrategy.Files(), List.of(), missing, 2 * manifest.length());
  }

  /** There is one way alone, and what is missing is seen file by file. */
  @Override
  public UpdatePlan recall(WrittenStrategy written, Deployment deployment, Components installed)
      throws IOException, Refusal {
    if (written.kind() != WrittenStrategy.Kind.FILES) {
      throw PlanRefusal.notOffered(deployment.to(), written.kind().text());
    }
    return look(deployment.component(), deployment.to(), installed);
  }

  @Override
  public UpdatePlan plan(Deployment deployment, Components installed) throws IOException, Refusal {
    if (!isLaunched) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.NO_LAUNCHER,
          "the service manager set no STATE_DIRECTORY: no other version would be started");
    }
    SoftwareManifest manifest =
        SoftwareManifest.parse(manifestOf(deployment.component(), deployment.to()));
    Optional<String> fault = AgentFiles.outOfPlace(manifest.files().keySet());
    if (fault.isPresent()) {
      throw new UpdateRefusal(UpdateRefusal.Reason.BAD_PLACE, fault.get());
    }
    return look(deployment.component(), deployment.to(), installed);
  }

  /** Many small files: the plan has seen to it that there is room. */
  @Override
  public void setAside(Deployment move, UpdatePlan plan) {}

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment, UpdatePlan plan)
      throws IOException, Refusal {
    byte[] document = manifestOf(deployment.component(), deployment.to());
    Digest release = store.put(document);
    if (versions.slotOf(release).isPresent()) {
      return Optional.of(Set.of(release));
    }
    SoftwareManifest manifest = SoftwareManifest.parse(document);
    if (gather(manifest)) {
      layDown(manifest, release);
      return Optional.of(Set.of(release));
    }
    return Optional.empty();
  }

  /** Gets one file that is missing; whether none was. */
  private boolean gather(SoftwareManifest manifest) throws IOException, Refusal {
    for (SoftwareFile file : new TreeMap<>(manifest.files()).values()) {
      if (store.holds(file.digest())) {
        continue;
      }
      Optional<String> same = Optional.ofNullable(filesHere().get(file));
      if (same.isPresent()) {
        copy(same.get(), file);
      } else {
        ObjectWriter writer = store.begin(file.digest(), file.length());
        delivery.advance(SoftwareManifest.path(file.digest()), file.length(), writer);
        return false; // So that a deployment can be called off between two files.
      }
    }
    return true;
  }

  private Map<SoftwareFile, String> filesHere() throws IOException {
    if (here.isEmpty()) {
      running.files(Digest::sha256).forEach((path, file) -> here.put(file, path));
    }
    return here;
  }

  private void copy(String path, SoftwareFile file) throws IOException, Refusal {
    byte[] piece = new byte[PIECE];
    try (ObjectWriter writer = store.begin(file.digest(), file.length());
        InputStream content = running.open(path)) {
      writer.restart();
      for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
        writer.append(ByteBuffer.wrap(piece, 0, count));
      }
      writer.finish();
    }
  }

  private void layDown(SoftwareManifest manifest, Digest release) throws IOException, Refusal {
    Slot slot = versions.free();
    versions.clear(slot);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    for (Map.Entry<String, SoftwareFile> file : new TreeMap<>(manifest.files()).entrySet()) {
      try (Disk.Input content = store.open(file.getValue().digest());
          Disk.Output copy = versions.create(slot, file.getKey())) {
        for (long at = 0; at < content.size(); at += piece.limit()) {
          content.read(at, piece.clear());
          copy.write(piece.flip());
        }
        copy.sync();
      }
    }
    versions.complete(slot, release);
  }

  private byte[] manifestOf(ComponentName component, Release release) throws IOException, Refusal {
    String path = new ReleaseName(component.name(), release.version()).softwareTarget();
    return SignedManifest.get(documents, path, release);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.golden.GoldenVectors;
import dev.bartizan.updater.golden.ProvenModel;
import dev.bartizan.updater.golden.Tolerance;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From an installed release to a model that runs: unlock, measure, decrypt, load, prove, wipe.
 * Closed until somebody who has judged the boot chain opens it.
 */
public final class ModelLoader {
  /** Decrypting and golden vectors, on the slowest device; the next gets as long. */
  private static final Duration DEADLINE = Duration.ofMinutes(30);

  private final Health health;
  private final ModelVault vault;
  private final ObjectStore store;
  private final Measurements measurements;
  private final Precondition precondition;
  private final RuntimeSupplier runtime;
  private volatile Optional<VaultClosed.Reason> closed =
      Optional.of(VaultClosed.Reason.BOOT_NOT_TRUSTED);

  /** The model runtime; it may still be loading its native library. */
  @FunctionalInterface
  public interface RuntimeSupplier {
    Engine get() throws Refusal, IOException;
  }

  /** What must hold on this machine whenever a model is opened. */
  @FunctionalInterface
  public interface Precondition {
    void require() throws Refusal;
  }

  /**
   * @param health of the models' part: a runtime that never comes back is its matter
   */
  public ModelLoader(
      Health health,
      ModelVault vault,
      ObjectStore store,
      Measurements measurements,
      Precondition precondition,
      RuntimeSupplier runtime) {
    this.health = health;
    this.vault = vault;
    this.store = store;
    this.measurements = measurements;
    this.precondition = precondition;
    this.runtime = runtime;
  }

  /** Opens the vault: the boot chain has been judged, and models may be loaded. */
  public void permit() {
    closed = Optional.empty();
  }

  /** Closes the vault again: policy has changed its mind about this device. */
  public void forbid(VaultClosed.Reason why) {
    closed = Optional.of(why);
  }

  public boolean isPermitted() {
    return closed.isEmpty();
  }

  /**
   * A release in the runtime.
   *
   * @param guards what its first time in service is watched by
   * @param model whoever has this closes it
   */
  public record Loaded(ProbationLimits guards, ProvenModel model) {}

  /**
   * Loads a release and runs its golden vectors on it.
   *
   * @param release the digest of its manifest, which the store holds
   * @throws Refusal when something is not what was signed, the keystore does not open it in this
   *     boot state, the runtime does not load it, or a golden vector gives another answer
   */
  public Loaded load(ReleaseName name, Digest release) throws Refusal, IOException {
    Optional<VaultClosed.Reason> why = closed;
    if (why.isPresent()) {
      throw new VaultClosed(name, why.get());
    }
    precondition.require();
    try (Health.Activity loading = health.begin("loading " + name, DEADLINE);
        OpenRelease open = vault.unlock(name, release)) {
      loading.progress();
      ReleaseManifest manifest = open.manifest();
      Measurements.Measured measured =
          measurements.measure(AgentEvent.model(name.name(), name.version(), release));
      GoldenVectors golden = golden(open);
      return new Loaded(manifest.guards(), prove(open, measured, golden));
    }
  }

  private ProvenModel prove(OpenRelease open, Measurements.Measured measured, GoldenVectors golden)
      throws Refusal, IOException {
    Session model;
    try (Weights weights = vault.weights(open, measured)) {
      model =
          new WatchedSession(
              runtime.get().load(weights.content()), health, open.manifest().release().toString());
    }
    try {
      return golden.prove(model);
    } catch (Refusal unfit) {
      model.close();
      throw unfit;
    }
  }

  private GoldenVectors golden(OpenRelease open) throws Refusal, IOException {
    if (open.manifest().golden().isEmpty()) {
      return new GoldenVectors(List.of(), Tolerance.ONNX);
    }
    GoldenOffer offer = open.manifest().golden().get();
    try (Disk.Input ciphertext = store.open(offer.file().digest())) {
      Map<String, Bytes> files =
          GoldenFiles.read(open.open(offer.file(), ModelVault.source(ciphertext)));
      return GoldenVectors.read(
          files, new Tolerance(offer.relativeTolerance(), offer.absoluteTolerance()));
    }
  }
}

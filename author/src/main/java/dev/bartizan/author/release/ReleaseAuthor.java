// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.NewTarget;
import dev.bartizan.author.publish.Repository;
import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.golden.Deviation;
import dev.bartizan.updater.golden.GoldenRefusal;
import dev.bartizan.updater.golden.GoldenVectors;
import dev.bartizan.updater.golden.Tolerance;
import dev.bartizan.updater.tuf.RoleName;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Releases models. Encrypting takes its time and holds no lock; publishing takes the lock and is
 * short.
 */
public final class ReleaseAuthor {
  private static final RoleName MODELS = new RoleName("models");
  private static final String FORMAT = "onnx";
  private static final String MODEL = "model.onnx";
  private static final String ARTIFACTS = "artifacts";
  private static final String GOLDEN = "golden.tar";
  private static final String INLINED = "releases";

  private final SharedDirectory directory;
  private final AuthorRepository repository;
  private final BulkCrypto crypto;
  private final SecureRandom random;
  private final ReleaseProgress progress;
  private final ModelTrial trial;
  private final ReleaseArchive archive;
  private final KeyWrapping wrapping;

  public ReleaseAuthor(
      SharedDirectory directory,
      AuthorRepository repository,
      BulkCrypto crypto,
      SecureRandom random,
      ReleaseProgress progress,
      ModelTrial trial,
      InstantSource clock) {
    this.directory = directory;
    this.repository = repository;
    this.crypto = crypto;
    this.random = random;
    this.progress = progress;
    this.trial = trial;
    this.archive = new ReleaseArchive(directory);
    this.wrapping = new KeyWrapping(directory, clock, random);
  }

  /**
   * A release that is visible.
   *
   * @param digest SHA-256 of {@code release.json}
   * @param brokers how many fleets' key brokers were given the key
   * @param golden what its golden vectors gave here
   */
  public record Released(
      ReleaseManifest manifest, Digest digest, int brokers, Optional<Proof> golden) {}

  /**
   * What a device will find, unless its processor counts otherwise.
   *
   * @param sets how many sets of golden vectors devices will try
   */
  public record Proof(int sets, Deviation deviation) {}

  /** Golden vectors that the model passed, packed. */
  private record Packed(Bytes tar, Tolerance tolerance, Proof proof) {}

  /**
   * Tries, encrypts, describes and publishes a model. Nothing is signed, and no version used up,
   * unless the runtime of devices loads the model here and gives what the golden vectors say.
   *
   * @throws ReleaseRefusal when the draft cannot be released
   * @throws Refusal also when role keys are missing; nothing is published then
   */
  public Released release(ReleaseDraft draft) throws IOException, Refusal {
    try (ReleasePreconditions preconditions =
            repository.use(open -> ReleasePreconditions.lay(draft, open, archive));
        InlinedModel plain = InlinedModel.of(draft.model(), directory.path(INLINED));
        ModelFile model = ModelFile.open(plain.file(), crypto, progress);
        SecretBytes contentKey = drawKey();
        ArtifactBatch artifacts = newBatch(contentKey)) {
      Optional<Packed> golden = tried(draft, model);
      ReleaseManifest manifest = encrypt(draft, model, golden, preconditions, artifacts);
      Released released =
          repository.use(
              open -> publish(open, manifest, contentKey, artifacts, golden.map(Packed::proof)));
      artifacts.keep();
      return released;
    }
  }

  private Optional<Packed> tried(ReleaseDraft draft, ModelFile model) throws IOException, Refusal {
    progress.at("try", 0, 1);
    try {
      if (draft.golden().isEmpty()) {
        trial.run(model.mapped(), Optional.empty());
        return Optional.empty();
      }
      ReleaseDraft.Golden offered = draft.golden().get();
      Map<String, Bytes> files = GoldenFolder.read(offered.directory());
      Tolerance tolerance = new Tolerance(offered.relativeTolerance(), offered.absoluteTolerance());
      GoldenVectors vectors = GoldenVectors.read(files, tolerance);
      Optional<Deviation> deviation = trial.run(model.mapped(), Optional.of(vectors));
      Proof proof = new Proof(vectors.sets().size(), deviation.orElse(Deviation.NONE));
      return Optional.of(new Packed(Bytes.of(GoldenTar.of(files)), tolerance, proof));
    } catch (ModelRefusal unloadable) {
      throw new ReleaseRefusal(
          Code.BAD_MODEL, draft.model() + ": " + unloadable.getMessage(), unloadable);
    } catch (GoldenRefusal unfit) {
      String where = draft.golden().map(golden -> golden.directory() + ": ").orElse("");
      throw new ReleaseRefusal(Code.BAD_GOLDEN, where + unfit.getMessage(), unfit);
    }
  }

  private ReleaseManifest encrypt(
      ReleaseDraft draft,
      ModelFile model,
      Optional<Packed> golden,
      ReleasePreconditions preconditions,
      ArtifactBatch artifacts)
      throws IOException, Refusal {
    Encryption encryption = new Encryption(artifacts, model.shards().root(), preconditions.epoch());
    return new ReleaseManifest(
        draft.name(),
        preconditions.epoch(),
        FORMAT,
        model.digest(),
        model.shards(),
        PieceCutter.cut(model, crypto.sha256()),
        encryption.encrypt(MODEL, out -> model.copyTo(out, progress)),
        deltas(model, preconditions, encryption),
        golden(golden, encryption),
        draft.guards(),
        draft.keys());
  }

  /** Encrypts the files of one release. */
  private record Encryption(ArtifactBatch artifacts, Digest root, long epoch) {
    EncryptedFile encrypt(String file, ArtifactBatch.Plaintext plaintext)
        throws IOException, Refusal {
      return artifacts.encrypt(new ArtifactContext(root, epoch, file), plaintext);
    }
  }

  private List<DeltaOffer> deltas(
      ModelFile model, ReleasePreconditions preconditions, Encryption encryption)
      throws IOException, Refusal {
    List<DeltaOffer> offers = new ArrayList<>();
    for (ArchivedRelease older : preconditions.older()) {
      String version = older.manifest().release().version();
      EncryptedFile ciphertext =
          encryption.encrypt("from-" + version + ".delta", out -> encode(older, model, out));
      offers.add(new DeltaOffer(version, older.manifest().model().root(), ciphertext));
    }
    return offers;
  }

  private void encode(ArchivedRelease older, ModelFile model, OutputStream out)
      throws IOException, Refusal {
    String step = "difference from " + older.manifest().release().version();
    try (OlderModel base = OlderModel.open(repository.path(), older, crypto)) {
      new DeltaEncoder()
          .encode(base, model, out, (bytes, total) -> progress.at(step, bytes, total));
    }
  }

  private static Optional<GoldenOffer> golden(Optional<Packed> golden, Encryption encryption)
      throws IOException, Refusal {
    if (golden.isEmpty()) {
      return Optional.empty();
    }
    Packed packed = golden.get();
    EncryptedFile ciphertext = encryption.encrypt(GOLDEN, out -> out.write(packed.tar().toArray()));
    Tolerance tolerance = packed.tolerance();
    return Optional.of(new GoldenOffer(ciphertext, tolerance.relative(), tolerance.absolute()));
  }

  private Released publish(
      Repository open,
      ReleaseManifest manifest,
      SecretBytes contentKey,
      ArtifactBatch artifacts,
      Optional<Proof> golden)
      throws IOException, Refusal {
    ReleaseName name = manifest.release();
    ReleasePreconditions.requireNew(name, open);
    byte[] document = manifest.toJson();
    Digest digest = Digest.of(document);
    AuthorRepository.Visible before = repository.visible();
    try {
      archive.keep(name, document, contentKey);
      artifacts.publish();
      List<NewTarget> targets = new ArrayList<>(wrapping.toBrokers(manifest, contentKey));
      int brokers = targets.size();
      targets.add(NewTarget.of(name.modelTarget(), document));
      open.addTargets(MODELS, targets);
      return new Released(manifest, digest, brokers, golden);
    } catch (IOException | Refusal failed) {
      if (before.isStillSo()) {
        archive.forget(name);
      } else {
        artifacts.keep();
      }
      throw failed;
    }
  }

  private SecretBytes drawKey() {
    byte[] key = new byte[ReleaseArchive.KEY_LENGTH];
    random.nextBytes(key);
    return SecretBytes.take(key);
  }

  private ArtifactBatch newBatch(SecretBytes contentKey) throws IOException {
    return new ArtifactBatch(repository.path().resolve(ARTIFACTS), contentKey, crypto, random);
  }
}

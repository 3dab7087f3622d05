// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.models.OpenRelease;
import dev.bartizan.agent.update.DeltaUpdate;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.delta.encode.EncodeProgress;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A model is being made from an older one when the power fails, at calls to the disk throughout.
 */
class RebuildCutTest {
  private static final String MODEL = "defect";
  private static final int SHARD = 128 << 10;

  /** Two sections of a difference. */
  private static final int LENGTH = (2 << 20) + 12_345;

  /** Most calls write the next chunk; the first ones are all different. */
  private static final int EACH_UNTIL = 10;

  private static final int STRIDE = 5;

  private static final byte[] KEY = new byte[32];
  private static final BulkCrypto CRYPTO = BulkCrypto.platform();

  private final byte[] older = new byte[LENGTH];
  private final byte[] newer;
  private final FakeDisk prepared = new FakeDisk();
  private final Map<Digest, ReleaseManifest> manifests;
  private final Release base;
  private final Release release;
  private final DeltaOffer offer;
  private final byte[] published;

  RebuildCutTest() throws Exception {
    new Random(7).nextBytes(older);
    newer = older.clone();
    for (int i = 0; i < LENGTH; i += 97) {
      newer[i]++;
    }
    ByteArrayOutputStream delta = new ByteArrayOutputStream();
    new DeltaEncoder().encode(content(older), content(newer), delta, EncodeProgress.NONE);
    byte[] oldFile = encrypted(older, older, "model");
    byte[] deltaFile = encrypted(newer, delta.toByteArray(), "delta");
    published = encrypted(newer, newer, "model");
    offer = new DeltaOffer("1.0", shards(older).root(), file("delta", deltaFile));
    ReleaseManifest from = manifest("1.0", older, oldFile, List.of());
    ReleaseManifest to = manifest("2.0", newer, published, List.of(offer));
    ObjectStore store = new ObjectStore(prepared, CRYPTO::sha256);
    store.put(oldFile);
    store.put(deltaFile);
    base = new Release(store.put(from.toJson()), "1.0");
    release = new Release(store.put(to.toJson()), "2.0");
    manifests = Map.of(base.manifest(), from, release.manifest(), to);
  }

  @ParameterizedTest
  @EnumSource
  void aRebuildThatWasCutOffAnywhereGivesThePublishedFileInTheEnd(Survival survival)
      throws Exception {
    int cut = 1;
    while (isCut(cut, survival)) {
      cut += cut < EACH_UNTIL ? 1 : STRIDE;
    }
    assertTrue(cut > LENGTH / SHARD, "only " + cut + " calls");
  }

  /** Whether there was anything to cut. */
  private boolean isCut(int cut, Survival survival) throws Exception {
    FakeDisk disk = prepared.copy();
    disk.cutBefore(cut);
    boolean isCut = false;
    try {
      make(disk);
    } catch (PowerCut off) {
      isCut = true;
      disk.reboot(survival, cut);
      makeAfterwards(disk);
    }
    String situation = survival + ", cut before call " + cut;
    assertArrayEquals(
        published,
        new ObjectStore(disk, CRYPTO::sha256).read(Digest.of(published), published.length),
        situation);
    return isCut;
  }

  /** What did not survive may show only at the end; then it is gone, and the next time is good. */
  private void makeAfterwards(FakeDisk disk) throws IOException, Refusal {
    ObjectStore store = new ObjectStore(disk, CRYPTO::sha256);
    if (store.holds(Digest.of(published))) {
      return;
    }
    try {
      make(disk);
    } catch (IOException torn) {
      make(disk);
    }
  }

  @Test
  void oneThatWasKilledNearTheEndDoesNotBeginAgain() throws Exception {
    FakeDisk whole = prepared.copy();
    int before = whole.changes();
    make(whole);
    int calls = whole.changes() - before;
    FakeDisk disk = prepared.copy();
    disk.cutBefore(calls - 5);
    assertThrows(PowerCut.class, () -> make(disk));
    disk.reboot(Survival.EVERYTHING, 0);
    int killed = disk.changes();
    make(disk);
    int again = disk.changes() - killed;
    assertTrue(again < calls / 2, again + " calls after a kill, " + calls + " without one");
  }

  private void make(FakeDisk disk) throws IOException, Refusal {
    new DeltaUpdate(
            this::unlock, new ObjectStore(disk, CRYPTO::sha256), CRYPTO, Runnable::run, () -> {})
        .make(MODEL, release, base, offer);
  }

  private OpenRelease unlock(ReleaseName name, Digest id) {
    return new OpenRelease(
        id, Objects.requireNonNull(manifests.get(id)), SecretBytes.take(KEY.clone()), CRYPTO);
  }

  private static KnownContent content(byte[] bytes) {
    return KnownContent.of(ByteBuffer.wrap(bytes));
  }

  private static Shards shards(byte[] model) {
    return new Shards.Builder(SHARD, Digest.sha256()).add(ByteBuffer.wrap(model)).build();
  }

  private static byte[] encrypted(byte[] model, byte[] plain, String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SecretBytes key = SecretBytes.take(KEY.clone());
        ArtifactEncryptor encryptor =
            ArtifactEncryptor.begin(
                key,
                ArtifactEncryptor.drawSalt(new SecureRandom()),
                new ArtifactContext(shards(model).root(), 1, name),
                CRYPTO,
                chunk -> {
                  byte[] bytes = new byte[chunk.remaining()];
                  chunk.get(bytes);
                  out.writeBytes(bytes);
                })) {
      encryptor.write(ByteBuffer.wrap(plain));
      encryptor.finish();
    }
    return out.toByteArray();
  }

  private static EncryptedFile file(String name, byte[] ciphertext) {
    return new EncryptedFile(
        name,
        Digest.of(ciphertext),
        ciphertext.length,
        Bytes.of(Arrays.copyOf(ciphertext, ArtifactEncryptor.SALT_LENGTH)));
  }

  private static ReleaseManifest manifest(
      String version, byte[] model, byte[] ciphertext, List<DeltaOffer> deltas) {
    return new ReleaseManifest(
        new ReleaseName(MODEL, version),
        1,
        "onnx",
        Digest.of(model),
        shards(model),
        Pieces.NONE,
        file("model", ciphertext),
        deltas,
        Optional.empty(),
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.documents.SignedDocuments;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way that costs the fewest bytes, from whatever a device holds. */
class PlannerTest {
  private static final int LENGTH = 100_000;

  private final SignedDocuments fleet = new SignedDocuments();
  private final FakeDisk disk = new FakeDisk();
  private final ObjectStore store = new ObjectStore(disk, Digest::sha256);
  private final Map<String, ReleaseManifest> manifests = new HashMap<>();
  private final List<Release> held = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private Planner planner;

  @BeforeEach
  void aFleetOfFourReleases() throws Exception {
    publish("1.0.0", 1, List.of());
    publish("2.0.0", 1, List.of(delta("1.0.0", 1_000)));
    publish("3.0.0", 1, List.of(delta("2.0.0", 2_000)));
    publish("4.0.0", 1, List.of(delta("2.0.0", 9_000), delta("3.0.0", 3_000)));
    TrustedDocuments documents = fleet.device(disk);
    documents.refresh(List.of());
    planner = new Planner(documents, store);
  }

  private void publish(String version, int epoch, List<DeltaOffer> deltas) {
    int number = manifests.size() + 1;
    ReleaseManifest manifest =
        new ReleaseManifest(
            new ReleaseName("defect", version),
            epoch,
            "onnx",
            digest(number),
            new Shards(LENGTH, LENGTH, List.of(digest(number))),
            new Pieces(List.of()),
            encrypted("model.onnx", whole(version)),
            deltas,
            Optional.empty(),
            ProbationLimits.DEFAULT,
            KeyDelivery.AHEAD);
    manifests.put(version, manifest);
    fleet.publish(
        new ReleaseName("defect", version).modelTarget(),
        new String(manifest.toJson(), StandardCharsets.UTF_8));
  }

  private ReleaseManifest manifest(String version) {
    return Objects.requireNonNull(manifests.get(version));
  }

  private DeltaOffer delta(String from, int length) {
    byte[] content = (from + " " + manifests.size()).getBytes(StandardCharsets.UTF_8);
    EncryptedFile file = encrypted("delta-from-" + from, content);
    return new DeltaOffer(
        from,
        manifest(from).model().root(),
        new EncryptedFile(
            file.file(), file.digest(), ArtifactEncryptor.ciphertextLength(length), file.salt()));
  }

  private static EncryptedFile encrypted(String name, byte[] content) {
    return new EncryptedFile(
        name,
        Digest.of(content),
        ArtifactEncryptor.ciphertextLength(LENGTH),
        Bytes.of(new byte[24]));
  }

  private static byte[] whole(String version) {
    return ("ciphertext of " + version).getBytes(StandardCharsets.UTF_8);
  }

  private void hold(String version) throws Exception {
    store.put(whole(version));
    held.add(new Release(store.put(manifest(version).toJson()), version));
  }

  private UpdatePlan plan(String version) throws Exception {
    ReleaseManifest manifest = manifest(version);
    return planner.plan(release(version), manifest, held);
  }

  private Release release(String version) {
    return new Release(Digest.of(manifest(version).toJson()), version);
  }

  private UpdatePlan recall(String version, WrittenStrategy written) throws Exception {
    return planner.recall(written, release(version), manifest(version), held);
  }

  private void refuses(String version, WrittenStrategy written) {
    PlanRefusal refusal = assertThrows(PlanRefusal.class, () -> recall(version, written));
    assertEquals("PLAN_NOT_OFFERED", refusal.code());
  }

  private Digest deltaTo(String version, int number) {
    return manifest(version).deltas().get(number).file().digest();
  }

  private WrittenStrategy byLinks(String version, WrittenStrategy.Link... links) {
    Digest base = held.get(0).manifest();
    return new WrittenStrategy(
        release(version).manifest(), WrittenStrategy.Kind.CHAIN, List.of(base), List.of(links));
  }

  private static Digest digest(int number) {
    return Digest.of(new byte[] {(byte) number});
  }

  @Test
  void aDeviceThatHoldsNothingFetchesTheWhole() throws Exception {
    assertEquals("whole", plan("2.0.0").strategy().text());
    assertEquals(ArtifactEncryptor.ciphertextLength(LENGTH), plan("2.0.0").bytes());
  }

  @Test
  void whatIsHereCostsNothing() throws Exception {
    hold("2.0.0");
    assertEquals("here", plan("2.0.0").strategy().text());
    assertEquals(0, plan("2.0.0").bytes());
  }

  @Test
  void aDifferenceFromWhatIsHeldIsTakenBeforeTheWhole() throws Exception {
    hold("1.0.0");
    assertEquals("delta", plan("2.0.0").strategy().text());
    assertEquals(ArtifactEncryptor.ciphertextLength(1_000), plan("2.0.0").bytes());
  }

  @Test
  void differencesInARowLeadPastReleasesThatAreNotHeld() throws Exception {
    hold("1.0.0");
    UpdatePlan plan = plan("3.0.0");
    assertEquals("chain", plan.strategy().text());
    assertEquals(
        ArtifactEncryptor.ciphertextLength(1_000) + ArtifactEncryptor.ciphertextLength(2_000),
        plan.bytes());
  }

  @Test
  void ofTwoReleasesThatAreHeldTheCheaperIsTheBase() throws Exception {
    hold("2.0.0");
    hold("3.0.0");
    assertEquals(ArtifactEncryptor.ciphertextLength(3_000), plan("4.0.0").bytes());
  }

  @Test
  void aWayThatFailedIsNotTakenAgain() throws Exception {
    hold("1.0.0");
    planner.avoid(manifest("2.0.0").deltas().get(0).file().digest());
    assertEquals("whole", plan("2.0.0").strategy().text());
  }

  @Test
  void aBaseWhoseFileIsGoneIsNone() throws Exception {
    hold("1.0.0");
    store.discard(Digest.of(whole("1.0.0")));
    assertEquals("whole", plan("2.0.0").strategy().text());
  }

  // Attack: a difference through a release of an epoch whose keys the fleet has ended.
  @Test
  void noWayLeadsThroughAnotherEpoch() throws Exception {
    publish("5.0.0", 2, List.of(delta("1.0.0", 100)));
    publish("6.0.0", 1, List.of(delta("5.0.0", 100)));
    TrustedDocuments documents = fleet.device(disk);
    documents.refresh(List.of());
    planner = new Planner(documents, store);
    hold("1.0.0");
    assertEquals("whole", plan("6.0.0").strategy().text());
  }

  @Test
  void whatWasWrittenDownIsTheSamePlanAgain() throws Exception {
    hold("1.0.0");
    for (String version : List.of("1.0.0", "2.0.0", "3.0.0", "4.0.0")) {
      UpdatePlan plan = plan(version);
      assertEquals(plan, recall(version, WrittenStrategy.of(release(version), plan.strategy())));
    }
  }

  /** The plan stays, even where another would be cheaper by now. */
  @Test
  void aPlanIsKeptToWhenSomethingBetterComesUp() throws Exception {
    hold("1.0.0");
    WrittenStrategy written = WrittenStrategy.of(release("4.0.0"), plan("4.0.0").strategy());
    hold("3.0.0");
    assertEquals("delta", plan("4.0.0").strategy().text());
    assertEquals("chain", recall("4.0.0", written).strategy().text());
  }

  // Attack: a plan on disk that leads by a difference nobody signed for this release.
  @Test
  void aDifferenceThatTheReleaseDoesNotOfferIsNone() throws Exception {
    hold("1.0.0");
    refuses("2.0.0", byLinks("2.0.0", new WrittenStrategy.Link(release("2.0.0"), digest(99))));
    refuses(
        "2.0.0", byLinks("2.0.0", new WrittenStrategy.Link(release("2.0.0"), deltaTo("3.0.0", 0))));
  }

  // Attack: a plan on disk whose differences do not lead from one to the next.
  @Test
  void differencesThatDoNotFollowOneAnotherAreNone() throws Exception {
    hold("1.0.0");
    refuses(
        "3.0.0", byLinks("3.0.0", new WrittenStrategy.Link(release("3.0.0"), deltaTo("3.0.0", 0))));
    refuses(
        "4.0.0",
        byLinks(
            "4.0.0",
            new WrittenStrategy.Link(release("2.0.0"), deltaTo("2.0.0", 0)),
            new WrittenStrategy.Link(release("4.0.0"), deltaTo("4.0.0", 1))));
  }

  // Attack: a plan on disk through a release that was never signed.
  @Test
  void aReleaseBetweenThatIsNotSignedIsNone() throws Exception {
    hold("1.0.0");
    Release forged = new Release(digest(98), "2.0.0");
    refuses(
        "3.0.0",
        byLinks(
            "3.0.0",
            new WrittenStrategy.Link(forged, deltaTo("2.0.0", 0)),
            new WrittenStrategy.Link(release("3.0.0"), deltaTo("3.0.0", 0))));
  }

  // Attack: a plan on disk that starts from what is not installed, or not here any more.
  @Test
  void aBaseThatIsNotInstalledOrNotHereIsNone() throws Exception {
    hold("1.0.0");
    WrittenStrategy written = WrittenStrategy.of(release("2.0.0"), plan("2.0.0").strategy());
    Release installed = held.remove(0);
    refuses("2.0.0", written);
    held.add(installed);
    store.discard(Digest.of(whole("1.0.0")));
    refuses("2.0.0", written);
  }

  @Test
  void whatIsSaidToBeHereAndIsNotIsNone() {
    Digest wanted = release("2.0.0").manifest();
    refuses("2.0.0", new WrittenStrategy(wanted, WrittenStrategy.Kind.HERE, List.of(), List.of()));
    refuses("2.0.0", new WrittenStrategy(wanted, WrittenStrategy.Kind.FILES, List.of(), List.of()));
    refuses(
        "2.0.0", new WrittenStrategy(wanted, WrittenStrategy.Kind.PIECES, List.of(), List.of()));
    refuses("2.0.0", new WrittenStrategy(wanted, WrittenStrategy.Kind.DELTA, List.of(), List.of()));
  }

  /** A difference is gone once it has served, and is not fetched once more for that. */
  @Test
  void aDifferenceThatHasServedIsNotMissing() throws Exception {
    hold("1.0.0");
    UpdatePlan plan = plan("3.0.0");
    assertEquals(2, plan.missing(store).size());
    store.put(whole("2.0.0"));
    assertEquals(
        List.of(deltaTo("3.0.0", 0)),
        plan.missing(store).stream().map(EncryptedFile::digest).toList());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bartizan.author.keys.AuthorRefusal;
import dev.bartizan.author.keys.KeyFolder;
import dev.bartizan.author.keys.KeyRing;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A repository on a real disk, and a real client that follows it. */
class RepositoryTest {
  private static final RoleName MODELS = new RoleName("models");
  private static final String PATH = "models/defects/1.0.0/release.json";

  @TempDir Path directory;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private final FakeDisk device = new FakeDisk();
  private final FakeDisk maintainer = new FakeDisk();

  @BeforeEach
  void createARepositoryAndPinItsRootOnADevice() throws Exception {
    Bytes root = repository().create(RepositoryPlan.defaults(SignatureScheme.ED25519));
    TufClient.init(new MetadataStore(device, "tuf"), root.toArray());
  }

  private Repository repository() {
    KeyFolder keys = new KeyFolder(directory.resolve("keys"));
    return new Repository(
        folder(),
        new KeyRing(keys, KeySecrets.NONE, new SecureRandom()),
        new MetadataStore(maintainer, "trusted"),
        Lifetimes.defaults(),
        () -> now);
  }

  private RepositoryFolder folder() {
    return new RepositoryFolder(directory.resolve("repository"));
  }

  private TrustedTargets onDevice() throws TufRefusal, IOException {
    return TufClient.ofOwnStore(new MetadataStore(device, "tuf"), folder(), () -> now).refreshAll();
  }

  private byte[] served(String path) throws IOException {
    return Files.readAllBytes(directory.resolve("repository").resolve(path));
  }

  /** Every served file with its bytes. */
  private Map<String, Bytes> everything() throws IOException {
    Map<String, Bytes> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory.resolve("repository"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(path.toString(), Bytes.of(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  private void release(String content) throws Exception {
    repository().addTargets(MODELS, List.of(NewTarget.of(PATH, content.getBytes(UTF_8))));
  }

  @Test
  void anEmptyRepositoryIsAlreadyAccepted() throws Exception {
    assertEquals(
        Set.of(
            "root",
            "timestamp",
            "snapshot",
            "targets",
            "models",
            "software",
            "reference",
            "policy"),
        onDevice().versions().keySet());
    assertEquals(Map.of(), onDevice().list(""));
  }

  @Test
  void aReleaseArrivesWithWhatWasSaidAboutIt() throws Exception {
    NewTarget target = NewTarget.of(PATH, "manifest".getBytes(UTF_8));
    repository()
        .addTargets(
            MODELS, List.of(target.saying(JsonNodeFactory.instance.objectNode().put("note", 7))));
    TargetFile file = onDevice().get(PATH);
    assertEquals(7, file.custom().path("note").asInt());
    byte[] content = served("targets/" + onDevice().urlPath(file));
    assertEquals("manifest", new String(file.accept(content).toArray(), UTF_8));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ED25519")
  void otherKindsOfKeysDoAsWell(SignatureScheme scheme) throws Exception {
    repository().rotateKeys(MODELS, new RolePlan(2, 2, scheme));
    release("manifest");
    assertEquals(8, onDevice().get(PATH).length());
  }

  @Test
  void aLargeFileIsMovedInAndNamedByItsDigest() throws Exception {
    Path artifact = Files.write(directory.resolve("artifact"), new byte[3 << 20]);
    repository().addTargets(MODELS, List.of(NewTarget.moveOf("models/defects/1.0.0/a", artifact)));
    assertFalse(Files.exists(artifact));
    TargetFile file = onDevice().get("models/defects/1.0.0/a");
    assertEquals(3 << 20, file.length());
    file.accept(served("targets/models/defects/1.0.0/" + file.sha256().hex() + ".a"));
  }

  @Test
  void aCopiedFileStaysWhereItWas() throws Exception {
    Path artifact = Files.writeString(directory.resolve("artifact"), "weights");
    repository().addTargets(MODELS, List.of(NewTarget.copyOf("models/a", artifact)));
    assertEquals("weights", Files.readString(artifact));
    assertEquals(7, onDevice().get("models/a").length());
  }

  @Test
  void publishingNeverTouchesWhatWasServedBeforeExceptTheTimestamp() throws Exception {
    release("one");
    Map<String, Bytes> before = everything();
    release("two, longer");
    Map<String, Bytes> after = everything();
    Set<String> changed = new TreeSet<>(before.keySet());
    changed.removeIf(path -> Objects.equals(before.get(path), after.get(path)));
    assertEquals(
        Set.of(directory.resolve("repository/metadata/timestamp.json").toString()), changed);
    assertTrue(after.keySet().stream().noneMatch(path -> path.endsWith(".incoming")));
    assertEquals("two, longer".length(), onDevice().get(PATH).length());
  }

  @Test
  void aRemovedTargetIsGoneAndItsFileStays() throws Exception {
    release("one");
    TargetFile file = onDevice().get(PATH);
    repository().removeTargets(MODELS, Set.of(PATH));
    assertTrue(onDevice().find(PATH).isEmpty());
    assertArrayEquals("one".getBytes(UTF_8), served("targets/" + file.urlPath(true)));
  }

  @Test
  void whatHasExpiredIsAcceptedAgainAfterRenewal() throws Exception {
    now = now.plus(Duration.ofDays(2));
    assertEquals("EXPIRED", assertThrows(TufRefusal.class, this::onDevice).code());
    repository().renewTimestamp();
    onDevice();
    now = now.plus(Duration.ofDays(400));
    assertEquals("EXPIRED", assertThrows(TufRefusal.class, this::onDevice).code());
    for (RoleName role : List.of(RoleName.ROOT, RoleName.TARGETS, RoleName.SNAPSHOT)) {
      repository().renew(role);
    }
    for (RoleName role : RepositoryPlan.DELEGATED) {
      repository().renew(role);
    }
    onDevice();
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "timestamp", "snapshot", "targets", "models", "policy"})
  void devicesFollowARotationOfAnyKeys(String role) throws Exception {
    release("one");
    onDevice();
    repository().rotateKeys(new RoleName(role), new RolePlan(2, 3, SignatureScheme.ECDSA_P256));
    onDevice();
    release("two, longer");
    assertEquals("two, longer".length(), onDevice().get(PATH).length());
  }

  @Test
  void theThresholdHoldsWhenTheRingLacksKeysAndNothingIsWritten() throws Exception {
    Files.delete(directory.resolve("keys/models-1.pem"));
    release("two of three suffice");
    Files.delete(directory.resolve("keys/models-2.pem"));
    Map<String, Bytes> before = everything();
    AuthorRefusal refusal = assertThrows(AuthorRefusal.class, () -> repository().renew(MODELS));
    assertEquals("models: needs 2 keys, this ring has 1", refusal.getMessage());
    assertEquals(before, everything());
  }

  @ParameterizedTest
  @ValueSource(strings = {"software/agent/1/bundle", "models", "x", "models/1/2/3/4/5/6/7"})
  void aRoleCannotVouchForWhatIsNotItsAffair(String path) throws Exception {
    Map<String, Bytes> before = everything();
    AuthorRefusal refusal =
        assertThrows(
            AuthorRefusal.class,
            () -> repository().addTargets(MODELS, List.of(NewTarget.of(path, new byte[1]))));
    assertEquals("BAD_PATH", refusal.code());
    assertEquals(before, everything());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/x", "a//b", "a/./b", "a b", "", "a/..", "\u00e9"})
  void aPathThatIsNotPlainIsNoTarget(String path) {
    assertThrows(IllegalArgumentException.class, () -> NewTarget.of(path, new byte[0]));
  }

  @Test
  void nobodyGetsASignatureByEditingFilesOnTheServer() throws Exception {
    // Arbitrary installation through the operator: a target slipped into the served metadata.
    release("one");
    Path models = directory.resolve("repository/metadata/2.models.json");
    Files.writeString(models, Files.readString(models).replace("1.0.0", "6.6.6"));
    Map<String, Bytes> before = everything();
    maintainer.delete(FileName.of("trusted/models.json"));
    assertThrows(TufRefusal.class, () -> release("two"));
    assertEquals(before.keySet(), everything().keySet());
  }

  @Test
  void aRepositoryIsNotCreatedOverAnother() {
    assertThrows(
        AuthorRefusal.class,
        () -> repository().create(RepositoryPlan.defaults(SignatureScheme.ED25519)));
  }

  @Test
  void aThresholdNoKeysCanReachIsNoPlan() {
    assertThrows(IllegalArgumentException.class, () -> new RolePlan(0, 1, SignatureScheme.ED25519));
    assertThrows(IllegalArgumentException.class, () -> new RolePlan(3, 2, SignatureScheme.ED25519));
  }
}

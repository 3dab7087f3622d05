// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.fleet.author.AuthorRefusal;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SealedFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases of a real directory, read back with nothing but what a device has. */
class ReleaseAuthorTest {
  /** A TensorProto: one float, 1.0. */
  private static final byte[] TENSOR = Bytes.ofHex("080110014a040000803f").toArray();

  @TempDir private Path folder;
  private Operator operator;
  private Operator.Enrolled device;
  private final byte[] older = new byte[2_500_000];
  private byte[] newer = new byte[0];

  @BeforeEach
  void foundAFleetOfOneDevice() throws Exception {
    operator = Operator.founded(folder.resolve("fleet"));
    device = operator.enrol(1);
    new Random(1).nextBytes(older);
    newer = older.clone();
    newer[1_234_567]++;
  }

  private ReleaseAuthor.Released release(String version, byte[] model, String... deltaFrom)
      throws Exception {
    Path file = operator.file("model-" + version, model);
    return operator.author().release(operator.draft(version, file, deltaFrom));
  }

  private OnDevice onDevice() throws Exception {
    return new OnDevice(operator, device);
  }

  @Test
  void aDeviceOpensTheWholeModel() throws Exception {
    assertEquals(1, release("1.0.0", older).devices());
    ReleaseManifest manifest = onDevice().manifest("1.0.0");
    assertEquals(3, manifest.model().digests().size());
    assertEquals(Digest.of(older), manifest.digest());
    assertArrayEquals(older, onDevice().open("1.0.0", manifest.whole()));
  }

  @Test
  void theDifferenceLeadsFromTheOlderModelToThisOneAndSealsToThePublishedBytes() throws Exception {
    release("1.0.0", older);
    release("1.1.0", newer, "1.0.0");
    ReleaseManifest manifest = onDevice().manifest("1.1.0");
    assertEquals(onDevice().manifest("1.0.0").model().root(), manifest.deltas().get(0).fromRoot());
    assertTrue(manifest.deltas().get(0).sealed().sealedLength() < 10_000);

    byte[] rebuilt = onDevice().rebuild("1.1.0", older);
    assertArrayEquals(newer, rebuilt);
    assertArrayEquals(
        onDevice().ciphertext(manifest.whole()), onDevice().sealAgain("1.1.0", rebuilt));
  }

  @Test
  void twoReleasesHaveTwoKeysAndEveryFileASaltOfItsOwn() throws Exception {
    release("1.0.0", older);
    release("1.1.0", older, "1.0.0");
    assertFalse(onDevice().keyBytes("1.0.0").equals(onDevice().keyBytes("1.1.0")));
    ReleaseManifest manifest = onDevice().manifest("1.1.0");
    assertFalse(manifest.whole().salt().equals(manifest.deltas().get(0).sealed().salt()));
  }

  @Test
  void artifactsAreNamedByWhatIsServedAndReadableByTheServer() throws Exception {
    SealedFile whole = release("1.0.0", older).manifest().whole();
    Path artifact = operator.directory().path("repository/" + whole.path());
    assertEquals(whole.sealed(), Digest.of(Files.readAllBytes(artifact)));
    assertEquals(whole.sealedLength(), Files.size(artifact));
    assertEquals(
        PosixFilePermissions.fromString("rw-r--r--"), Files.getPosixFilePermissions(artifact));
  }

  @Test
  void theContentKeyIsTheOperatorsAloneAndNowhereInWhatIsServed() throws Exception {
    release("1.0.0", older);
    Path key = operator.directory().path("releases/defect/1.0.0/content.key");
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(key));
    assertEquals(onDevice().keyBytes("1.0.0"), Bytes.of(Files.readAllBytes(key)));
  }

  @Test
  void goldenVectorsArriveInOneOrderWithoutWhatElseLayThere() throws Exception {
    Path golden = goldenVectors();
    Files.writeString(golden.resolve("README"), "how these were made");
    ReleaseDraft draft = withGolden("1.0.0", golden);
    operator.author().release(draft);
    GoldenOffer offer = onDevice().manifest("1.0.0").golden().orElseThrow();
    assertEquals(1e-3, offer.relativeTolerance());
    assertEquals(
        List.of(
            "test_data_set_0/input_0.pb",
            "test_data_set_0/output_0.pb",
            "test_data_set_1/input_0.pb",
            "test_data_set_1/output_0.pb"),
        entries(onDevice().open("1.0.0", offer.sealed())));
  }

  @Test
  void equalGoldenVectorsGiveEqualBytes() throws Exception {
    Path golden = goldenVectors();
    byte[] first = GoldenTar.of(GoldenFolder.read(golden));
    Files.setLastModifiedTime(
        golden.resolve("test_data_set_0/input_0.pb"),
        java.nio.file.attribute.FileTime.fromMillis(0));
    assertArrayEquals(first, GoldenTar.of(GoldenFolder.read(golden)));
  }

  @Test
  void aDirectoryWithoutGoldenVectorsIsRefusedAndNothingIsPublished() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertRefused("BAD_GOLDEN", withGolden("1.0.0", empty));
    Files.write(
        Files.createDirectories(empty.resolve("test_data_set_0")).resolve("input_0.pb"),
        new byte[] {1, 2, 3});
    assertRefused("BAD_GOLDEN", withGolden("1.0.0", empty));
  }

  @Test
  void aVersionThatExistsIsNotMadeAgain() throws Exception {
    release("1.0.0", older);
    assertRefused("EXISTS", operator.draft("1.0.0", operator.file("other", newer)));
  }

  @Test
  void aDifferenceFromAReleaseThatNeverWasIsRefused() throws Exception {
    Path model = operator.file("model", older);
    assertRefused("UNKNOWN_VERSION", operator.draft("1.1.0", model, "1.0.0"));
  }

  /** Attack: who can write the operator's archive offers another base for the difference. */
  @Test
  void anArchivedReleaseThatIsNotTheSignedOneIsNoBase() throws Exception {
    release("1.0.0", older);
    Path kept = operator.directory().path("releases/defect/1.0.0/release.json");
    String forged =
        Files.readString(kept).replace("\"errors_per_mille\":10", "\"errors_per_mille\":9");
    Files.writeString(kept, forged);
    Path model = operator.file("model", newer);
    assertRefused("UNKNOWN_VERSION", operator.draft("1.1.0", model, "1.0.0"));
  }

  @Test
  void theEpochStaysUnlessRaisedAndIsNeverLowered() throws Exception {
    operator.author().release(inEpoch("1.0.0", OptionalLong.of(4)));
    operator.author().release(inEpoch("1.1.0", OptionalLong.empty()));
    assertEquals(4, onDevice().manifest("1.1.0").epoch());
    assertRefused("OLD_EPOCH", inEpoch("1.2.0", OptionalLong.of(3)));
  }

  @Test
  void withTooFewKeysNothingIsLeftBehind() throws Exception {
    Files.delete(operator.directory().path("keys/models-1.pem"));
    release("1.0.0", older);
    Files.delete(operator.directory().path("keys/models-2.pem"));
    Map<String, Digest> before = operator.everything();
    ReleaseDraft draft = operator.draft("1.1.0", operator.file("model", newer));
    assertThrows(AuthorRefusal.class, () -> operator.author().release(draft));
    // The target's content is named by its digest and by nobody else.
    Map<String, Digest> after = operator.everything();
    after.keySet().removeIf(file -> file.startsWith("repository/targets/models/defect/1.1.0/"));
    assertEquals(before, after);
  }

  @Test
  void whatAnInterruptedAttemptLeftBehindIsReplaced() throws Exception {
    operator.directory().writePrivate("releases/defect/1.0.0/content.key", new byte[32]);
    operator.directory().write("releases/defect/1.0.0/release.json", new byte[] {'{', '}'});
    release("1.0.0", older);
    assertArrayEquals(older, onDevice().open("1.0.0", onDevice().manifest("1.0.0").whole()));
  }

  @Test
  void aModelThatIsMissingEmptyOrADirectoryIsNamed() throws Exception {
    Path missing = folder.resolve("missing.onnx");
    NoSuchFileException refusal =
        assertThrows(
            NoSuchFileException.class,
            () -> operator.author().release(operator.draft("1.0.0", missing)));
    assertEquals(missing.toString(), refusal.getFile());
    assertRefused("BAD_MODEL", operator.draft("1.0.0", operator.file("empty", new byte[0])));
    IOException directory =
        assertThrows(
            IOException.class, () -> operator.author().release(operator.draft("1.0.0", folder)));
    assertEquals(folder + ": not a regular file", directory.getMessage());
  }

  @Test
  void theVerifierKnowsWhatWasReleased() throws Exception {
    ReleaseAuthor.Released released = release("1.0.0", older);
    String known = Files.readString(operator.directory().path("releases.json"));
    assertTrue(known.contains("\"version\" : \"1.0.0\""), known);
    assertTrue(known.contains(released.digest().hex()), known);
  }

  private void assertRefused(String code, ReleaseDraft draft) throws Exception {
    Map<String, Digest> before = operator.everything();
    ReleaseRefusal refusal =
        assertThrows(ReleaseRefusal.class, () -> operator.author().release(draft));
    assertEquals(code, refusal.code());
    assertEquals(before, operator.everything());
  }

  private Path goldenVectors() throws IOException {
    Path golden = folder.resolve("golden");
    for (String set : List.of("test_data_set_1", "test_data_set_0")) {
      Path files = Files.createDirectories(golden.resolve(set));
      Files.write(files.resolve("output_0.pb"), TENSOR);
      Files.write(files.resolve("input_0.pb"), TENSOR);
    }
    return golden;
  }

  private ReleaseDraft withGolden(String version, Path golden) throws IOException {
    return new ReleaseDraft(
        new ReleaseName("defect", version),
        operator.file("model", older),
        Optional.of(new ReleaseDraft.Golden(golden, 1e-3, 1e-7)),
        Set.of(),
        OptionalLong.empty(),
        ProbationLimits.DEFAULT);
  }

  private ReleaseDraft inEpoch(String version, OptionalLong epoch) throws IOException {
    return new ReleaseDraft(
        new ReleaseName("defect", version),
        operator.file("model", older),
        Optional.empty(),
        Set.of(),
        epoch,
        ProbationLimits.DEFAULT);
  }

  private static List<String> entries(byte[] tar) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream entries = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
      for (TarArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        names.add(entry.getName());
        assertArrayEquals(TENSOR, entries.readAllBytes());
      }
    }
    return names;
  }
}

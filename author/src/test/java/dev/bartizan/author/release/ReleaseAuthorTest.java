// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.author.keys.AuthorRefusal;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
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
  private TestAuthor author;
  private final byte[] older = new byte[2_500_000];
  private byte[] newer = new byte[0];

  @BeforeEach
  void anAuthorWhoKnowsAFleet() throws Exception {
    author = TestAuthor.founded(folder.resolve("author"));
    new Random(1).nextBytes(older);
    newer = older.clone();
    newer[1_234_567]++;
  }

  private ReleaseAuthor.Released release(String version, byte[] model, String... deltaFrom)
      throws Exception {
    Path file = author.file("model-" + version, model);
    return author.author().release(author.draft(version, file, deltaFrom));
  }

  private AsServed served() throws Exception {
    return new AsServed(author);
  }

  @Test
  void theFleetOpensTheWholeModel() throws Exception {
    assertEquals(1, release("1.0.0", older).brokers());
    ReleaseManifest manifest = served().manifest("1.0.0");
    assertEquals(3, manifest.model().digests().size());
    assertEquals(Digest.of(older), manifest.digest());
    assertArrayEquals(older, served().open("1.0.0", manifest.whole()));
  }

  @Test
  void theDifferenceLeadsFromTheOlderModelToThisOneAndEncryptsToThePublishedBytes()
      throws Exception {
    release("1.0.0", older);
    release("1.1.0", newer, "1.0.0");
    ReleaseManifest manifest = served().manifest("1.1.0");
    assertEquals(served().manifest("1.0.0").model().root(), manifest.deltas().get(0).fromRoot());
    assertTrue(manifest.deltas().get(0).file().length() < 10_000);

    byte[] rebuilt = served().rebuild("1.1.0", older);
    assertArrayEquals(newer, rebuilt);
    assertArrayEquals(
        served().ciphertext(manifest.whole()), served().encryptAgain("1.1.0", rebuilt));
  }

  @Test
  void twoReleasesHaveTwoKeysAndEveryFileASaltOfItsOwn() throws Exception {
    release("1.0.0", older);
    release("1.1.0", older, "1.0.0");
    assertFalse(served().keyBytes("1.0.0").equals(served().keyBytes("1.1.0")));
    ReleaseManifest manifest = served().manifest("1.1.0");
    assertFalse(manifest.whole().salt().equals(manifest.deltas().get(0).file().salt()));
  }

  @Test
  void artifactsAreNamedByWhatIsServedAndReadableByTheServer() throws Exception {
    EncryptedFile whole = release("1.0.0", older).manifest().whole();
    Path artifact = author.directory().path("repository/" + whole.path());
    assertEquals(whole.digest(), Digest.of(Files.readAllBytes(artifact)));
    assertEquals(whole.length(), Files.size(artifact));
    assertEquals(
        PosixFilePermissions.fromString("rw-r--r--"), Files.getPosixFilePermissions(artifact));
  }

  @Test
  void theContentKeyIsTheAuthorsAloneAndNowhereInWhatIsServed() throws Exception {
    release("1.0.0", older);
    Path key = author.directory().path("releases/defect/1.0.0/content.key");
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(key));
    assertEquals(served().keyBytes("1.0.0"), Bytes.of(Files.readAllBytes(key)));
  }

  @Test
  void goldenVectorsArriveInOneOrderWithoutWhatElseLayThere() throws Exception {
    Path golden = goldenVectors();
    Files.writeString(golden.resolve("README"), "how these were made");
    ReleaseDraft draft = withGolden("1.0.0", golden);
    author.author().release(draft);
    GoldenOffer offer = served().manifest("1.0.0").golden().orElseThrow();
    assertEquals(1e-3, offer.relativeTolerance());
    assertEquals(
        List.of(
            "test_data_set_0/input_0.pb",
            "test_data_set_0/output_0.pb",
            "test_data_set_1/input_0.pb",
            "test_data_set_1/output_0.pb"),
        entries(served().open("1.0.0", offer.file())));
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
    assertRefused("EXISTS", author.draft("1.0.0", author.file("other", newer)));
  }

  @Test
  void aDifferenceFromAReleaseThatNeverWasIsRefused() throws Exception {
    Path model = author.file("model", older);
    assertRefused("UNKNOWN_VERSION", author.draft("1.1.0", model, "1.0.0"));
  }

  /** Attack: who can write the author's archive offers another base for the difference. */
  @Test
  void anArchivedReleaseThatIsNotTheSignedOneIsNoBase() throws Exception {
    release("1.0.0", older);
    Path kept = author.directory().path("releases/defect/1.0.0/release.json");
    String forged =
        Files.readString(kept).replace("\"errors_per_mille\":10", "\"errors_per_mille\":9");
    Files.writeString(kept, forged);
    Path model = author.file("model", newer);
    assertRefused("UNKNOWN_VERSION", author.draft("1.1.0", model, "1.0.0"));
  }

  @Test
  void theEpochStaysUnlessRaisedAndIsNeverLowered() throws Exception {
    author.author().release(inEpoch("1.0.0", OptionalLong.of(4)));
    author.author().release(inEpoch("1.1.0", OptionalLong.empty()));
    assertEquals(4, served().manifest("1.1.0").epoch());
    assertRefused("OLD_EPOCH", inEpoch("1.2.0", OptionalLong.of(3)));
  }

  @Test
  void withTooFewKeysNothingIsLeftBehind() throws Exception {
    Files.delete(author.directory().path("keys/models-1.pem"));
    release("1.0.0", older);
    Files.delete(author.directory().path("keys/models-2.pem"));
    Map<String, Digest> before = author.everything();
    ReleaseDraft draft = author.draft("1.1.0", author.file("model", newer));
    assertThrows(AuthorRefusal.class, () -> author.author().release(draft));
    // The target's content is named by its digest and by nobody else.
    Map<String, Digest> after = author.everything();
    after.keySet().removeIf(file -> file.startsWith("repository/targets/models/defect/1.1.0/"));
    assertEquals(before, after);
  }

  @Test
  void whatAnInterruptedAttemptLeftBehindIsReplaced() throws Exception {
    author.directory().writePrivate("releases/defect/1.0.0/content.key", new byte[32]);
    author.directory().write("releases/defect/1.0.0/release.json", new byte[] {'{', '}'});
    release("1.0.0", older);
    assertArrayEquals(older, served().open("1.0.0", served().manifest("1.0.0").whole()));
  }

  @Test
  void aModelThatIsMissingEmptyOrADirectoryIsNamed() throws Exception {
    Path missing = folder.resolve("missing.onnx");
    NoSuchFileException refusal =
        assertThrows(
            NoSuchFileException.class,
            () -> author.author().release(author.draft("1.0.0", missing)));
    assertEquals(missing.toString(), refusal.getFile());
    assertRefused("BAD_MODEL", author.draft("1.0.0", author.file("empty", new byte[0])));
    IOException directory =
        assertThrows(
            IOException.class, () -> author.author().release(author.draft("1.0.0", folder)));
    assertEquals(folder + ": not a regular file", directory.getMessage());
  }

  private void assertRefused(String code, ReleaseDraft draft) throws Exception {
    Map<String, Digest> before = author.everything();
    ReleaseRefusal refusal =
        assertThrows(ReleaseRefusal.class, () -> author.author().release(draft));
    assertEquals(code, refusal.code());
    assertEquals(before, author.everything());
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
        author.file("model", older),
        Optional.of(new ReleaseDraft.Golden(golden, 1e-3, 1e-7)),
        Set.of(),
        OptionalLong.empty(),
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
  }

  private ReleaseDraft inEpoch(String version, OptionalLong epoch) throws IOException {
    return new ReleaseDraft(
        new ReleaseName("defect", version),
        author.file("model", older),
        Optional.empty(),
        Set.of(),
        epoch,
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
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

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.Zstd;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  private static final byte[] LARGE = new byte[300_000];
  private static final byte[] SMALL = "signed".getBytes(StandardCharsets.US_ASCII);

  static {
    new Random(4).nextBytes(LARGE);
  }

  @TempDir private Path folder;

  @Test
  void itAnswersLikeAServer() throws Exception {
    try (Bundle bundle = Bundle.open(good())) {
      assertArrayEquals(SMALL, read(bundle, "metadata/1.root.json", 0, Transport.TO_THE_END));
      assertArrayEquals(LARGE, read(bundle, "artifacts/a", 0, Transport.TO_THE_END));
      assertEquals(404, bundle.get("metadata/2.root.json", 0, 1).status());
      assertArrayEquals(new byte[0], read(bundle, "metadata/empty", 0, 10));
      assertArrayEquals(SMALL, read(bundle, "metadata/1.root.json", 0, Transport.TO_THE_END));
    }
  }

  @Test
  void aFileIsHadPieceByPieceAndFromAnyPlace() throws Exception {
    try (Bundle bundle = Bundle.open(good())) {
      for (int at = 0; at < LARGE.length; at += 70_000) {
        byte[] piece = read(bundle, "artifacts/a", at, 70_000);
        assertArrayEquals(
            Arrays.copyOfRange(LARGE, at, Math.min(LARGE.length, at + 70_000)), piece);
      }
      byte[] again = read(bundle, "artifacts/a", 1000, 10);
      assertArrayEquals(Arrays.copyOfRange(LARGE, 1000, 1010), again);
      try (Response response = bundle.get("artifacts/a", 5, 10)) {
        assertEquals(206, response.status());
        assertEquals(5, response.offset());
        assertEquals(LARGE.length, response.total().orElseThrow());
      }
    }
  }

  // The next question moves on: whoever still reads the last answer must not get other bytes.
  @Test
  void anAnswerThatIsLeftBehindEnds() throws Exception {
    try (Bundle bundle = Bundle.open(good());
        Response first = bundle.get("metadata/1.root.json", 0, 6)) {
      bundle.get("artifacts/a", 0, 1).close();
      assertThrows(IOException.class, () -> first.body().read());
    }
  }

  @Test
  void everyCutIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(good());
    for (int length = 0; length < whole.length; length += 997) {
      assertEquals("BUNDLE_MALFORMED", refused(Arrays.copyOf(whole, length)), length + " bytes");
    }
  }

  @Test
  void whatIsNoArchiveIsRefused() throws Exception {
    assertEquals("BUNDLE_MALFORMED", refused(SMALL));
    assertEquals("BUNDLE_MALFORMED", refused(Zstd.compress(LARGE)));
  }

  // Attack: a link to a file of the device's, a device file, a directory.
  @Test
  void anythingButPlainFilesIsRefused() throws Exception {
    for (byte kind :
        new byte[] {
          TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_DIR
        }) {
      Tar tar = new Tar();
      TarArchiveEntry entry = new TarArchiveEntry("metadata/x", kind);
      entry.setLinkName("/etc/shadow");
      tar.out.putArchiveEntry(entry);
      tar.out.closeArchiveEntry();
      assertEquals("BUNDLE_MALFORMED", refused(tar.packed()), "kind " + (char) kind);
    }
  }

  // Attack: names that lead elsewhere. They are only compared, so they are never asked for.
  @Test
  void aHostileNameIsOnlyAName() throws Exception {
    Tar tar = new Tar().with("../../../etc/passwd", SMALL).with("metadata/1.root.json", SMALL);
    Path file = Files.write(folder.resolve("hostile"), tar.packed());
    try (Bundle bundle = Bundle.open(file)) {
      assertEquals(404, bundle.get("etc/passwd", 0, 1).status());
      assertArrayEquals(SMALL, read(bundle, "metadata/1.root.json", 0, 100));
    }
  }

  // Attack: of two files of one name, one is checked and the other used.
  @Test
  void aNameThatIsThereTwiceIsRefused() throws Exception {
    assertEquals(
        "BUNDLE_MALFORMED",
        refused(new Tar().with("artifacts/a", SMALL).with("artifacts/a", LARGE).packed()));
  }

  // Attack: a few kilobytes that unpack to a hundred megabytes.
  @Test
  void aBombIsRefused() throws Exception {
    assertEquals(
        "BUNDLE_TOO_LARGE", refused(new Tar().with("artifacts/a", new byte[100 << 20]).packed()));
  }

  @Test
  void aFileThatIsNotThereIsNoRefusal() {
    assertThrows(NoSuchFileException.class, () -> Bundle.open(folder.resolve("missing")));
  }

  private Path good() throws Exception {
    Tar tar =
        new Tar()
            .with("metadata/1.root.json", SMALL)
            .with("metadata/empty", new byte[0])
            .with("artifacts/a", LARGE)
            .with("artifacts/b", SMALL);
    return Files.write(folder.resolve("good"), tar.packed());
  }

  private String refused(byte[] content) throws Exception {
    Path file = Files.write(folder.resolve("bad"), content);
    return assertThrows(BundleRefusal.class, () -> Bundle.open(file).close()).code();
  }

  private static byte[] read(Bundle bundle, String path, long offset, long count)
      throws IOException {
    try (Response response = bundle.get(path, offset, count)) {
      return response.body().readAllBytes();
    }
  }

  private static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8");

    Tar with(String name, byte[] content) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setSize(content.length);
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
      return this;
    }

    byte[] packed() throws IOException {
      out.close();
      return Zstd.compress(bytes.toByteArray());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.updater.disk.ScratchDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.SignatureScheme;
import dev.bartizan.updater.tuf.TufClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole refresh against servers that keep to the pace of each exchange, by a clock of ours. */
class WholeRefreshTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Clock CLOCK = Clock.systemUTC();

  /** Each answer takes that long: within what one exchange may. */
  private static final Duration EACH = Pace.DEFAULT.total().minusSeconds(1);

  private final ScratchDisk disk = new ScratchDisk();
  private final List<String> asked = new ArrayList<>();
  @TempDir private Path folder;
  private Path served;
  private Root root;
  private long now;

  @BeforeEach
  void found() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    NewAuthor.create(
        directory,
        new AuthorRepository(directory, KeySecrets.NONE, CLOCK, RANDOM),
        RepositoryPlan.defaults(SignatureScheme.ED25519));
    served = folder.resolve("repository");
    root = TufClient.root(Files.readAllBytes(folder.resolve("root.json")));
  }

  @Test
  void serversThatAreEachJustFastEnoughAreGivenUpTogether() throws Exception {
    // Slow retrieval: thirty mirrors of one attacker, none of which is slow enough to be passed.
    List<Mirror> mirrors = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String name = "mirror " + i;
      mirrors.add(new Mirror(name, (path, offset, count) -> away(name)));
    }
    TrustedDocuments documents = documents(mirrors);

    IOException end = assertThrows(IOException.class, () -> documents.refresh(List.of()));

    assertTrue(
        Duration.ofNanos(now).compareTo(TrustedDocuments.REFRESH.plus(EACH)) <= 0,
        Duration.ofNanos(now).toString());
    assertEquals("mirror 0", end.getMessage());
    assertEquals(8, asked.size());
    assertFalse(documents.isInitialised());
  }

  @Test
  void aLinkThatNeedsLongerGetsThereByAnotherRefresh() throws Exception {
    TrustedDocuments documents = documents(List.of(new Mirror("slow", this::slowly)));
    now = 0;
    for (int i = 0; i < 20 && !documents.isInitialised(); i++) {
      long begin = now;
      try {
        documents.refresh(List.of());
      } catch (IOException notYet) {
        String why = String.valueOf(notYet.getMessage());
        assertTrue(why.matches(".*(those before took 900 s|is not all here after \\d+ s)"), why);
      }
      assertTrue(Duration.ofNanos(now - begin).compareTo(TrustedDocuments.REFRESH.plus(EACH)) <= 0);
    }
    assertTrue(documents.isInitialised());
  }

  private TrustedDocuments documents(List<Mirror> mirrors) {
    MetadataStore store = new MetadataStore(disk, "tuf");
    List<TrustedDocuments.Place> places = new ArrayList<>();
    for (Mirror mirror : mirrors) {
      places.add(
          new TrustedDocuments.Place(
              files -> new TufClient(root, store, (name, limit) -> find(files, name, limit), CLOCK),
              new SmallFiles(List.of(mirror), () -> now, Pace.DEFAULT)));
    }
    return new TrustedDocuments(disk, places, () -> now);
  }

  private static Optional<byte[]> find(SmallFiles files, String name, int limit)
      throws IOException {
    try {
      return files.find("metadata/" + name, limit);
    } catch (Exception refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  private Transport.Response away(String name) throws IOException {
    asked.add(name);
    now += EACH.toNanos();
    throw new IOException(name);
  }

  private Transport.Response slowly(String path, long offset, long count) throws IOException {
    asked.add(path);
    now += EACH.toNanos();
    Path file = served.resolve(path);
    byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    return new Transport.Response(
        Files.exists(file) ? 200 : 404, 0, OptionalLong.empty(), new ByteArrayInputStream(content));
  }
}

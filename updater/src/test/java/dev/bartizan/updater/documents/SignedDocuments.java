// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.RepositorySimulator;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A fleet's repository with documents, and a device that may or may not reach it. */
public final class SignedDocuments {
  private final RepositorySimulator repository = new RepositorySimulator();
  private final Root pinned = pinned(repository);
  private final Map<String, byte[]> files = new TreeMap<>();
  private boolean isReachable = true;

  private static Root pinned(RepositorySimulator of) {
    try {
      return TufClient.root(of.rootFile(1));
    } catch (TufRefusal impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Signs a document, and serves it. */
  public void publish(String path, String content) {
    repository.addTarget("targets", path, content);
    repository.release("targets");
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    files.put(Digest.of(bytes).hex(), bytes);
  }

  /** The document is signed, and nobody gives it out. */
  public void withhold(String content) {
    files.remove(digest(content).hex());
  }

  /** The link is dead from now on. */
  public void cutOff() {
    isReachable = false;
  }

  public static Digest digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }

  /** Where a device holds the document. */
  public static FileName file(String content) {
    return FileName.of("documents/" + digest(content).hex());
  }

  /** The device with this disk, as it is after a start. */
  public TrustedDocuments device(FakeDisk disk) {
    TufClient client =
        new TufClient(
            pinned,
            new MetadataStore(disk, "tuf"),
            (name, limit) -> {
              requireReachable();
              return repository.find(name, limit);
            },
            () -> RepositorySimulator.START);
    SmallFiles small = new SmallFiles(this::answer, () -> 0, Pace.DEFAULT);
    return new TrustedDocuments(
        disk, List.of(new TrustedDocuments.Place(files -> client, small)), () -> 0);
  }

  private Transport.Response answer(String path, long offset, long count) throws IOException {
    requireReachable();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (path.contains(file.getKey())) {
        byte[] content = file.getValue();
        return new Transport.Response(
            200, 0, OptionalLong.of(content.length), new ByteArrayInputStream(content));
      }
    }
    return new Transport.Response(
        404, 0, OptionalLong.empty(), new ByteArrayInputStream(new byte[0]));
  }

  private void requireReachable() throws IOException {
    if (!isReachable) {
      throw new IOException("the link is dead");
    }
  }
}

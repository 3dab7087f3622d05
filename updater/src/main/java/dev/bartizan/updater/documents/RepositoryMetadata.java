// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.tuf.MetadataSource;
import java.io.IOException;
import java.util.Optional;

/** The metadata of a repository, among its other files: below {@code metadata/}. */
public final class RepositoryMetadata implements MetadataSource {
  private static final String FOLDER = "metadata/";

  private final SmallFiles files;

  public RepositoryMetadata(SmallFiles files) {
    this.files = files;
  }

  @Override
  public Optional<byte[]> find(String fileName, int limit) throws IOException {
    try {
      return files.find(FOLDER + fileName, limit);
    } catch (FetchRefusal refused) {
      throw refused.reason() == FetchRefusal.Reason.FORBIDDEN
          ? new Forbidden(fileName)
          : new IOException(refused.getMessage(), refused);
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, fileName + ": stopping");
    }
  }
}

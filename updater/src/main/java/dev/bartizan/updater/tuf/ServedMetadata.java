// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;
import java.util.Optional;

/**
 * The metadata of a repository behind a {@link Transport} whose base address is its {@code
 * metadata/}. One request per file, never a second one.
 */
public final class ServedMetadata implements MetadataSource {
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final Transport transport;

  public ServedMetadata(Transport transport) {
    this.transport = transport;
  }

  @Override
  public Optional<byte[]> find(String fileName, int limit) throws IOException {
    try (Response response = transport.get(fileName, 0, Transport.TO_THE_END)) {
      if (response.status() == NOT_FOUND) {
        return Optional.empty();
      }
      if (response.status() == FORBIDDEN) {
        throw new Forbidden(fileName);
      }
      if (response.status() != OK) {
        throw new IOException(fileName + ": the server answers " + response.status());
      }
      return Optional.of(response.body().readNBytes(limit + 1));
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, fileName + ": interrupted");
    }
  }
}

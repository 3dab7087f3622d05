// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Asks a server for bytes. Neither retries nor trusts what comes. */
@FunctionalInterface
public interface Transport {
  /** As a count: to the end of the file, wherever that is. */
  long TO_THE_END = Long.MAX_VALUE;

  /**
   * Asks for {@code count} bytes of the file at {@code path} from byte {@code offset} on.
   *
   * @param path relative to the server's base address, already percent-encoded, without a leading
   *     slash
   * @param count at least 1; {@link #TO_THE_END} for all that follow
   * @throws IOException when there is no answer, or none that is HTTP
   */
  Response get(String path, long offset, long count) throws IOException, InterruptedException;

  /**
   * An answer whose body is still to be read. Close it, read or not.
   *
   * @param status as in HTTP
   * @param offset where in the file the body starts: what the server says, not what was asked for;
   *     {@link #NOWHERE} when it sends a part and does not say which
   * @param total the length of the whole file, where the server says it
   * @param isEncoded whether the server says that the body is not the file but a compression of it
   * @param body the bytes as sent, nothing decompressed; reading fails with {@link IOException}
   *     when the connection breaks, stalls or ends early
   */
  record Response(int status, long offset, OptionalLong total, boolean isEncoded, InputStream body)
      implements Closeable {
    /** As an offset: a part of the file, but nobody says which. */
    public static final long NOWHERE = -1;

    /** An answer with the file's own bytes. */
    public Response(int status, long offset, OptionalLong total, InputStream body) {
      this(status, offset, total, false, body);
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}

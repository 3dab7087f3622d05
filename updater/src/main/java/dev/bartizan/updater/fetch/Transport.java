package dev.bartizan.updater.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Asks a server for bytes. Neither retries nor trusts what comes. */
public interface Transport {
  /**
   * Asks for the file at {@code path} from byte {@code offset} to its end.
   *
   * @param path relative to the server's base address, already percent-encoded, without a leading
   *     slash
   * @throws IOException when there is no answer, or none that is HTTP
   */
  Response get(String path, long offset) throws IOException, InterruptedException;

  /**
   * An answer whose body is still to be read. Close it, read or not.
   *
   * @param status as in HTTP
   * @param offset where in the file the body starts: what the server says, not what was asked for
   * @param total the length of the whole file, where the server says it
   * @param body the bytes as sent, nothing decompressed; reading fails with {@link IOException}
   *     when the connection breaks, stalls or ends early
   */
  record Response(int status, long offset, OptionalLong total, InputStream body)
      implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}

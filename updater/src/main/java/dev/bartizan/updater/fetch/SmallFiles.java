package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;
import java.util.Optional;

/**
 * Fetches small files whole: metadata, manifests, envelopes.
 *
 * <p>One request each and never a second one: metadata is looked at again soon anyway, and a client
 * that repeats itself is what overloads a repository in trouble.
 */
public final class SmallFiles {
  private final Transport transport;

  public SmallFiles(Transport transport) {
    this.transport = transport;
  }

  /**
   * The file at {@code path}, or empty when the server says there is none.
   *
   * @param limit the most bytes to accept
   * @throws FetchRefusal TOO_LONG past the limit; REJECTED for other client errors
   * @throws IOException when the server cannot be asked now
   */
  public Optional<byte[]> find(String path, int limit)
      throws IOException, FetchRefusal, InterruptedException {
    try (Response response = transport.get(path, 0, Transport.TO_THE_END)) {
      if (Answers.isAbsent(response)) {
        return Optional.empty();
      }
      Answers.requireContent(path, response);
      return Optional.of(readAll(path, limit, response));
    }
  }

  /**
   * As {@link #find}, for a file that must be there.
   *
   * @throws FetchRefusal also NOT_FOUND
   */
  public byte[] get(String path, int limit) throws IOException, FetchRefusal, InterruptedException {
    return find(path, limit)
        .orElseThrow(() -> new FetchRefusal(Reason.NOT_FOUND, path, "not on the server"));
  }

  private static byte[] readAll(String path, int limit, Response response)
      throws IOException, FetchRefusal {
    if (response.offset() != 0) {
      throw new FetchRefusal(Reason.WRONG_RANGE, path, "asked for the whole, got a part");
    }
    byte[] content = response.body().readNBytes(limit);
    if (response.body().read() >= 0) {
      throw new FetchRefusal(Reason.TOO_LONG, path, "more than " + limit + " bytes");
    }
    return content;
  }
}

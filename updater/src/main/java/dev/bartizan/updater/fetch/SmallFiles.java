// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches small files whole: metadata, manifests, envelopes.
 *
 * <p>One request each to a server and never a second one: metadata is looked at again soon anyway,
 * and a client that repeats itself is what overloads a repository in trouble. Each has a deadline
 * and a lowest rate; a server that does not keep to them is passed over as one that is away.
 */
public final class SmallFiles {
  private final List<Mirror> mirrors;
  private final LongSupplier nanoTime;
  private final Pace pace;
  private final @Nullable Allowance together;

  /** From one server. */
  public SmallFiles(Transport transport, LongSupplier nanoTime, Pace pace) {
    this(List.of(new Mirror("", transport)), nanoTime, pace);
  }

  /**
   * @param mirrors asked in this order; at least one
   * @param nanoTime monotonic
   */
  public SmallFiles(List<Mirror> mirrors, LongSupplier nanoTime, Pace pace) {
    this(mirrors, nanoTime, pace, null);
  }

  private SmallFiles(
      List<Mirror> mirrors, LongSupplier nanoTime, Pace pace, @Nullable Allowance together) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("nobody to ask");
    }
    this.mirrors = List.copyOf(mirrors);
    this.nanoTime = nanoTime;
    this.pace = pace;
    this.together = together;
  }

  /** The same servers, for questions that have to be answered within {@code together}. */
  public SmallFiles within(Allowance together) {
    return new SmallFiles(mirrors, nanoTime, pace, together);
  }

  /**
   * The file at {@code path}, or empty when the server says there is none.
   *
   * @param limit the most bytes to accept
   * @throws FetchRefusal TOO_LONG past the limit; SLOW when the last server drips, or all together
   *     took too long; REJECTED for other client errors
   * @throws IOException when no server can be asked now
   */
  public Optional<byte[]> find(String path, int limit)
      throws IOException, FetchRefusal, InterruptedException {
    MirrorFailover<FetchRefusal> failover = new MirrorFailover<>(mirrors);
    while (true) {
      try {
        return ask(failover.current().transport(), path, limit);
      } catch (FetchRefusal refusal) {
        if (refusal.reason() == Reason.SLOW) {
          failover.refused(refusal);
        } else {
          failover.end(refusal);
        }
      } catch (IOException away) {
        failover.unreachable(away);
      }
    }
  }

  private Optional<byte[]> ask(Transport transport, String path, int limit)
      throws IOException, FetchRefusal, InterruptedException {
    Pace allowed = together == null ? pace : together.within(path, pace);
    Exchange exchange = new Exchange(nanoTime, allowed);
    try (Response response = transport.get(path, 0, Transport.TO_THE_END)) {
      if (Answers.isAbsent(response)) {
        return Optional.empty();
      }
      Answers.requireContent(path, response);
      if (response.offset() != 0) {
        throw new FetchRefusal(Reason.WRONG_RANGE, path, "asked for the whole, got a part");
      }
      return Optional.of(exchange.read(path, limit, response.body()));
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
}

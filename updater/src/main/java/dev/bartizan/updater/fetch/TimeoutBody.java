// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Interrupted;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body read as a stream, failing when no byte comes for too long.
 *
 * <p>Why the JDK's own stream is not used: the timeout of a request ends with its headers, and a
 * read of {@code BodyHandlers.ofInputStream} waits for a silent server for ever.
 */
public final class TimeoutBody extends InputStream implements BodySubscriber<InputStream> {
  /** What the client's thread hands over: more bytes, or the end with or without an error. */
  private record Arrival(List<ByteBuffer> bytes, boolean last, @Nullable Throwable error) {}

  private final Duration patience;
  // Never holds more than two: one batch is requested at a time, and the end may follow it.
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> unread = new ArrayDeque<>();
  private @Nullable Arrival end;
  private Flow.@Nullable Subscription source;
  private boolean closed;

  /**
   * @param patience how long no byte may come; a total is for who reads: {@link Exchange}
   */
  public TimeoutBody(Duration patience) {
    this.patience = patience;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription subscription) {
    if (closed) {
      subscription.cancel();
      return;
    }
    source = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    arrivals.add(new Arrival(bytes, false, null));
  }

  @Override
  public void onError(Throwable error) {
    arrivals.add(new Arrival(List.of(), true, error));
  }

  @Override
  public void onComplete() {
    arrivals.add(new Arrival(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    ByteBuffer next = nextBytes();
    if (next == null) {
      return -1;
    }
    int count = Math.min(length, next.remaining());
    next.get(target, offset, count);
    return count;
  }

  /** A buffer with at least one byte left, or null at the end. */
  private @Nullable ByteBuffer nextBytes() throws IOException {
    while (true) {
      ByteBuffer head = unread.peek();
      if (head != null && head.hasRemaining()) {
        return head;
      }
      if (head != null) {
        unread.remove();
      } else if (end == null) {
        accept(awaitArrival());
      } else if (end.error() != null) {
        throw new IOException("the connection broke: " + end.error().getMessage(), end.error());
      } else {
        return null;
      }
    }
  }

  private void accept(Arrival arrival) {
    unread.addAll(arrival.bytes());
    if (arrival.last()) {
      end = arrival;
    } else {
      requestMore();
    }
  }

  private synchronized void requestMore() {
    if (source != null) {
      source.request(1);
    }
  }

  private Arrival awaitArrival() throws IOException {
    try {
      Arrival arrival = arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (arrival == null) {
        close();
        throw new SocketTimeoutException("no byte for " + patience);
      }
      return arrival;
    } catch (InterruptedException stop) {
      throw Interrupted.toIo(stop, "interrupted while reading");
    }
  }

  /** Drops the connection unless everything was read. */
  @Override
  public synchronized void close() {
    closed = true;
    if (source != null) {
      source.cancel();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import dev.bartizan.crypto.Interrupted;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds back what is read of a connection until something was written to it: a broker has nothing
 * to say before CONNECT.
 *
 * <p>Paho starts its threads one by one, each time waiting in a loop until it sees the new one run.
 * A reader that ends at once, because the broker closes right after TLS, is never seen to run, and
 * the loop lasts for ever; the first word is sent after all of them.
 */
final class FirstWord {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch spoken = new CountDownLatch(1);

  OutputStream noting(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int value) throws IOException {
        spoken.countDown();
        out.write(value);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        spoken.countDown();
        out.write(bytes, offset, length);
      }
    };
  }

  InputStream after(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        awaitSpoken();
        return in.read();
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        awaitSpoken();
        return in.read(buffer, offset, length);
      }
    };
  }

  private void awaitSpoken() throws IOException {
    try {
      if (!spoken.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("nothing was said to the broker");
      }
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, "stopped");
    }
  }
}

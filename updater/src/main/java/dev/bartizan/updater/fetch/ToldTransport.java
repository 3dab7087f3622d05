// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A server of which it is told when it has answered, or failed to, and whenever bytes came: who
 * asks it is not stuck. How little it may send is for {@link Pace} to say.
 */
public final class ToldTransport implements Transport {
  private final Transport server;
  private final Runnable told;

  public ToldTransport(Transport server, Runnable told) {
    this.server = server;
    this.told = told;
  }

  @Override
  public Response get(String path, long offset, long count)
      throws IOException, InterruptedException {
    try {
      Response response = server.get(path, offset, count);
      return new Response(
          response.status(),
          response.offset(),
          response.total(),
          response.isEncoded(),
          new Body(response.body(), told));
    } finally {
      told.run();
    }
  }

  private static final class Body extends FilterInputStream {
    private final Runnable told;

    Body(InputStream body, Runnable told) {
      super(body);
      this.told = told;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      told.run();
      return one;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      told.run();
      return count;
    }
  }
}

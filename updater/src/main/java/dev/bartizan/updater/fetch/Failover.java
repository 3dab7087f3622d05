// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.io.IOException;
import java.util.List;

/** Asks several servers in turn until one answers; for small files that are checked afterwards. */
public final class Failover implements Transport {
  private static final int SERVER_ERROR = 500;

  private final List<Mirror> mirrors;

  /**
   * @param mirrors asked in this order; at least one
   */
  public Failover(List<Mirror> mirrors) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("nobody to ask");
    }
    this.mirrors = List.copyOf(mirrors);
  }

  @Override
  public Response get(String path, long offset, long count)
      throws IOException, InterruptedException {
    IOException first = new IOException(path + ": nobody answers");
    for (int i = 0; i < mirrors.size(); i++) {
      try {
        Response response = mirrors.get(i).transport().get(path, offset, count);
        if (response.status() < SERVER_ERROR || i == mirrors.size() - 1) {
          return response;
        }
        response.close();
      } catch (IOException unreachable) {
        first = i == 0 ? unreachable : first;
      }
    }
    throw first;
  }
}

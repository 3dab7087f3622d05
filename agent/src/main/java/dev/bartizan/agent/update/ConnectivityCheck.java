// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.updater.fetch.FetchRefusal;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether this process has reached the fleet's repository: what a version on trial must show. */
public final class ConnectivityCheck {
  private volatile boolean isMade;

  public void made() {
    isMade = true;
  }

  /**
   * Slow is not absent: who waited for a server's next byte has reached it. Else whoever slows the
   * network down decides which version of the agent runs.
   */
  public void madeIfSlow(Throwable failed) {
    if (saysSlow(failed)) {
      made();
    }
  }

  private static boolean saysSlow(@Nullable Throwable failed) {
    if (failed == null) {
      return false;
    }
    return isSlow(failed)
        || saysSlow(failed.getCause())
        || Stream.of(failed.getSuppressed()).anyMatch(ConnectivityCheck::saysSlow);
  }

  private static boolean isSlow(Throwable failed) {
    if (failed instanceof FetchRefusal refusal) {
      return refusal.reason() == FetchRefusal.Reason.SLOW;
    }
    return failed instanceof SocketTimeoutException
        || (failed instanceof HttpTimeoutException
            && !(failed instanceof HttpConnectTimeoutException));
  }

  boolean isMade() {
    return isMade;
  }
}

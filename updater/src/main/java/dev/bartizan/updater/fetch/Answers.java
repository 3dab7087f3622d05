// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;

/** What an HTTP status means to a download: go on, try again, or never again. */
final class Answers {
  private static final int WHOLE = 200;
  private static final int PART = 206;

  private Answers() {}

  /**
   * Returns when the answer carries the file or the rest of it.
   *
   * <p>Every 4xx is final, 408 and 429 included: an updater that insists is a denial-of-service
   * attack by its own fleet. The next scheduled look at the repository asks again anyway.
   *
   * @throws IOException when asking again may help
   */
  static void requireContent(String path, Response response) throws IOException, FetchRefusal {
    int status = response.status();
    if (status == PART && response.offset() == Response.NOWHERE) {
      throw new FetchRefusal(
          Reason.WRONG_RANGE, path, "partial content without a usable Content-Range");
    }
    if (response.isEncoded()) {
      // Asked for as it is. What unpacks to gigabytes is not even looked at.
      throw new FetchRefusal(Reason.ENCODED, path, "the server sends it compressed");
    }
    if (status == WHOLE || status == PART) {
      return;
    }
    if (status >= 500) {
      throw new IOException(path + ": the server answers " + status);
    }
    throw new FetchRefusal(reason(status), path, "the server answers " + status);
  }

  static boolean isPart(Response response) {
    return response.status() == PART;
  }

  static boolean isAbsent(Response response) {
    return reason(response.status()) == Reason.NOT_FOUND;
  }

  private static Reason reason(int status) {
    if (status == 404 || status == 410) {
      return Reason.NOT_FOUND;
    }
    if (status == 403) {
      return Reason.FORBIDDEN;
    }
    if (status >= 300 && status < 400) {
      return Reason.REDIRECTED;
    }
    return status >= 400 ? Reason.REJECTED : Reason.UNEXPECTED_ANSWER;
  }
}

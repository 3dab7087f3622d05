// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.protocol.cli.Console;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Follows the author's repository while the server runs. What it says, or that it says nothing,
 * keeps nobody from enrolling.
 */
final class AuthorWatch implements Closeable {
  private final AuthorSync author;
  private final Console console;
  private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> looks;
  private String trouble = "";

  private AuthorWatch(AuthorSync author, Console console, int everySeconds) {
    this.author = author;
    this.console = console;
    this.looks = clockwork.scheduleWithFixedDelay(this::look, 0, everySeconds, TimeUnit.SECONDS);
  }

  static AuthorWatch start(AuthorSync author, Console console, int everySeconds) {
    return new AuthorWatch(author, console, everySeconds);
  }

  private void look() {
    try {
      AuthorSync.Synced synced = author.sync();
      if (synced.shipped().envelopes() > 0 || !trouble.isEmpty()) {
        console.say(RefreshCommand.describe(synced));
      }
      trouble = "";
    } catch (Refusal refused) {
      sayOnce(Explanation.of(refused));
    } catch (IOException away) {
      sayOnce(Explanation.of(away));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException bug) {
      // Without this nobody would look again, nor say so.
      sayOnce(bug.toString());
    }
  }

  private void sayOnce(String what) {
    if (!what.equals(trouble)) {
      console.say("the author's repository: " + what);
      trouble = what;
    }
  }

  @Override
  public void close() {
    looks.cancel(true);
    clockwork.shutdownNow();
  }
}
